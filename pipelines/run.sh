#!/usr/bin/env bash
# The whole pipeline with a plan that is given: see pipeline.sh.
exec bash "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/pipeline.sh" run "$@"
