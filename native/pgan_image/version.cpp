extern "C" __attribute__((visibility("default"))) int pgan_image_abi() { return 1; }
