"""Running jobs: claiming, executing, recording and sweeping. Knows no area."""
