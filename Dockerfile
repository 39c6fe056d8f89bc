# One image for the API, the workers, the migration and backups; PostgreSQL and Redis are containers of their own.
# The first stage installs what requirements-run.lock names: no development packages, and buckets for uploads (s3).
FROM python:3.13-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/trigpoint
COPY requirements-run.lock ./
RUN /opt/trigpoint/bin/pip install --require-hashes -r requirements-run.lock

COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY workers workers
COPY providers providers
COPY migrations migrations
RUN /opt/trigpoint/bin/pip install --no-deps --no-build-isolation .
RUN /opt/trigpoint/bin/pip uninstall --yes setuptools pip


FROM python:3.13-slim

# A number, because Kubernetes' runAsNonRoot cannot check a name.
RUN groupadd --gid 10001 trigpoint \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp trigpoint \
    && install -d -o 10001 -g 10001 -m 0700 /srv/uploads
COPY --from=build /opt/trigpoint /opt/trigpoint

# Nothing is written but to /srv/uploads and /tmp: the root file system may be read-only.
ENV PATH=/opt/trigpoint/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TRIGPOINT_UPLOADS_URL=file:///srv/uploads TRIGPOINT_LOG_JSON=true
WORKDIR /srv
USER 10001:10001
EXPOSE 8000 9100
CMD ["trigpoint", "api", "--host", "0.0.0.0"]
