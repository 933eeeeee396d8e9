#include <torch/version.h>

extern "C" __attribute__((visibility("default"))) const char* pgan_torch_libtorch_version() { return TORCH_VERSION; }
