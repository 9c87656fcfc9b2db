#!/usr/bin/env bash
# Installs the browser that the tests drive, where there is none.
set -euo pipefail
if ! command -v chromedriver >/dev/null || ! { command -v chromium || command -v chromium-browser; } >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    chromium chromium-driver fonts-noto-core >/dev/null
fi
chromedriver --version
