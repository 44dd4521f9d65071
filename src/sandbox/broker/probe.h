#pragma once

#include "sandbox/broker/worker.h"
#include "sandbox/protocol.h"

namespace lydian::sandbox {

/// Tries each layer by using it in child processes; one result a layer, in the order of LayerBit.
void probe(const Workshop& workshop, LayerResult* results);

}  // namespace lydian::sandbox
