// The error convention of this library's C interface: every entry returns 0 or 1, and after a 1 the same thread finds
// the text with pgan_torch_last_error(). No exception crosses the boundary and nothing aborts the process.
#pragma once

#include <c10/util/Exception.h>

#include <exception>

#define PGAN_API extern "C" __attribute__((visibility("default")))

namespace pgan {

void remember_error(const char* text) noexcept;

template <typename Body>
int guarded(Body&& body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error& error) {
        remember_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        remember_error(error.what());
    } catch (...) {
        remember_error("a native call failed without giving a reason.");
    }
    return 1;
}

}  // namespace pgan
