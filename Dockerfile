# One image for the API, the workers and the migration; PostgreSQL and Redis are containers of their own.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --no-create-home trigpoint && install -d -o trigpoint /srv/uploads
WORKDIR /srv/trigpoint

COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY workers workers
COPY providers providers
COPY migrations migrations
RUN pip install --no-deps --no-build-isolation -e .

USER trigpoint
EXPOSE 8000
CMD ["trigpoint", "api", "--host", "0.0.0.0"]
