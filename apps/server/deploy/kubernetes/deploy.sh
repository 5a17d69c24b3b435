#!/usr/bin/env bash
# Gives an image to a cluster: migrates, replaces the servers one by one, asks them whether they serve, and goes back where they do not.
# KUBECONFIG or KUBECONFIG_TEXT says which cluster; IMAGE, OVERLAY (staging or production), NAMESPACE and URL what goes where.
set -euo pipefail
: "${IMAGE:?the reference of the image}" "${OVERLAY:?staging or production}" "${NAMESPACE:?}" "${URL:?where the servers are reached}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${KUBECONFIG_TEXT:-}" ]; then
  (umask 077 && printf '%s' "$KUBECONFIG_TEXT" >"$work/kubeconfig")
  export KUBECONFIG=$work/kubeconfig
fi

kube() { kubectl --namespace "$NAMESPACE" "$@"; }
# What stands before is still there to go back to.
before=$(kube get deployment promptory --output 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}' 2>/dev/null || true)

kubectl kustomize "$here/$OVERLAY" >"$work/all.yaml"
# A digest belongs to no tag, so the whole reference is put in the place of the base's.
sed -i "s|image: registry.example.com/promptory:.*|image: $IMAGE|" "$work/all.yaml"
kube delete job promptory-migrate --ignore-not-found
kubectl apply --filename "$work/all.yaml"

serves() {
  kube wait --for=condition=complete --timeout=600s job/promptory-migrate &&
    kube rollout status deployment/promptory --timeout=300s &&
    curl --fail --silent --show-error --retry 10 --retry-delay 3 --retry-all-errors --output /dev/null "$URL/health/ready" &&
    curl --fail --silent --show-error --output /dev/null "$URL/openapi.json"
}
if serves; then
  echo "$URL serves $IMAGE."
  exit 0
fi
if [ -n "$before" ]; then
  echo "$URL does not serve $IMAGE: back to revision $before." >&2
  kube rollout undo deployment/promptory --to-revision="$before"
  kube rollout status deployment/promptory --timeout=300s
else
  echo "$URL does not serve $IMAGE, and nothing stood there before." >&2
fi
exit 1
