#!/bin/sh
# Makes the Swift code beside the .proto files; needed only when one of them changes.
# Needs protoc (Debian: protobuf-compiler) and protoc-gen-swift of the swift-protobuf release that
# Package.swift names (swift build -c release --product protoc-gen-swift in its checkout).
set -eu
cd "$(dirname "$0")"
for name in onnx coreml tensorbundle; do
  protoc ${PROTOC_GEN_SWIFT:+--plugin="$PROTOC_GEN_SWIFT"} --swift_opt=Visibility=Package --swift_out=. "$name.proto"
done
