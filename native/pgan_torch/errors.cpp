#include "errors.h"

#include <string>

namespace pgan {

namespace {
thread_local std::string last_error;
}

void remember_error(const char* text) noexcept {
    try {
        last_error = text;
    } catch (...) {
        last_error.clear();
    }
}

const char* recall_error() noexcept {
    return last_error.c_str();
}

}  // namespace pgan

PGAN_API const char* pgan_torch_last_error() {
    return pgan::recall_error();
}
