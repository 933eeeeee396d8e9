// Calls any operator of libtorch by name through its dispatcher ("boxed"), so that the managed side needs no native function per operator.
#include "entry.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/Generator.h>
#include <ATen/core/ivalue.h>

#include <cstring>
#include <memory>
#include <vector>

namespace {

enum class Kind : int32_t { None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, OptionalTensors, String, Device, Generator };

// Mirrors the managed struct of the same fields. `bits` holds the value, or the address of `count` elements.
struct Value {
    int32_t kind;
    int32_t count;
    int64_t bits;
};

// What the managed side may pass more loosely than the schema wants.
enum class Want : uint8_t { AsGiven, Double, DoubleList, IntList };

struct Operator {
    c10::OperatorHandle handle;
    std::vector<Want> wants;
};

Want wanted(const c10::TypePtr& declared) {
    c10::TypePtr type = declared;
    if (type->kind() == c10::TypeKind::OptionalType) {
        type = type->castRaw<c10::OptionalType>()->getElementType();
    }
    if (type->kind() == c10::TypeKind::FloatType) return Want::Double;
    if (type->kind() == c10::TypeKind::ListType) {
        auto element = type->castRaw<c10::ListType>()->getElementType()->kind();
        if (element == c10::TypeKind::FloatType) return Want::DoubleList;
        if (element == c10::TypeKind::IntType || element == c10::TypeKind::SymIntType) return Want::IntList;
    }
    return Want::AsGiven;
}

double as_double(int64_t bits) {
    double value;
    static_assert(sizeof value == sizeof bits, "doubles travel as 64 bits");
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

int64_t as_bits(double value) {
    int64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

template <class T>
const T* address(const Value& value) {
    return reinterpret_cast<const T*>(static_cast<intptr_t>(value.bits));
}

c10::IValue tensors(const Value& value) {
    c10::List<at::Tensor> list;
    list.reserve(value.count);
    for (int32_t i = 0; i < value.count; ++i) list.push_back(pgan::tensor_at(address<void*>(value)[i]));
    return list;
}

c10::IValue optional_tensors(const Value& value) {
    // A List of optional tensors; its element type is spelled differently across libtorch versions, a generic list is not.
    c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
    list.reserve(value.count);
    for (int32_t i = 0; i < value.count; ++i) {
        const void* handle = address<void*>(value)[i];
        list.push_back(handle == nullptr ? c10::IValue() : c10::IValue(pgan::tensor_at(handle)));
    }
    return list;
}

c10::IValue boxed(const Value& value, Want want) {
    switch (static_cast<Kind>(value.kind)) {
        case Kind::None: return {};
        case Kind::Tensor: return pgan::tensor_at(address<void>(value));
        case Kind::Int:
            if (want == Want::Double) return static_cast<double>(value.bits);
            if (want == Want::IntList) return c10::List<int64_t>({value.bits});
            return value.bits;
        case Kind::Double: return as_double(value.bits);
        case Kind::Bool: return value.bits != 0;
        case Kind::Ints: {
            const int64_t* data = address<int64_t>(value);
            if (want == Want::DoubleList) return std::vector<double>(data, data + value.count);
            return std::vector<int64_t>(data, data + value.count);
        }
        case Kind::Doubles: return std::vector<double>(address<double>(value), address<double>(value) + value.count);
        case Kind::Tensors: return tensors(value);
        case Kind::OptionalTensors: return optional_tensors(value);
        case Kind::String: return std::string(address<char>(value), value.count);
        case Kind::Device:
            return c10::Device(static_cast<c10::DeviceType>(value.bits & 0xff), static_cast<c10::DeviceIndex>(value.bits >> 32));
        case Kind::Generator: return *address<at::Generator>(value);
    }
    TORCH_CHECK(false, "Argument of an unknown kind ", value.kind, ".");
}

Value unboxed(const c10::IValue& value) {
    if (value.isNone()) return {static_cast<int32_t>(Kind::None), 0, 0};
    if (value.isTensor()) return {static_cast<int32_t>(Kind::Tensor), 0, reinterpret_cast<intptr_t>(pgan::own(value.toTensor()))};
    if (value.isBool()) return {static_cast<int32_t>(Kind::Bool), 0, value.toBool()};
    if (value.isInt()) return {static_cast<int32_t>(Kind::Int), 0, value.toInt()};
    if (value.isDouble()) return {static_cast<int32_t>(Kind::Double), 0, as_bits(value.toDouble())};
    if (value.isTensorList()) {
        auto list = value.toTensorVector();
        auto handles = std::make_unique<void*[]>(list.size());
        for (size_t i = 0; i < list.size(); ++i) handles[i] = pgan::own(std::move(list[i]));
        return {static_cast<int32_t>(Kind::Tensors), static_cast<int32_t>(list.size()), reinterpret_cast<intptr_t>(handles.release())};
    }
    TORCH_CHECK(false, "The operator returned a ", value.tagKind(), ", which is not supported here.");
}

}  // namespace

// Finds "aten::add" with overload "Tensor". The operator lives as long as the process: libtorch's are never removed.
PGAN_EXPORT int pgan_ts_find(const char* name, const char* overload, void** found) {
    return pgan::guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        TORCH_CHECK(handle.has_value(), "libtorch has no operator ", name, overload[0] ? "." : "", overload, ".");
        std::vector<Want> wants;
        for (const auto& argument : handle->schema().arguments()) wants.push_back(wanted(argument.type()));
        *found = new Operator{*handle, std::move(wants)};
    });
}

// Missing trailing arguments take the schema's defaults. Up to `capacity` results are written; the rest are dropped.
PGAN_EXPORT int pgan_ts_call(void* op, const Value* arguments, int32_t count, Value* results, int32_t capacity, int32_t* returned) {
    return pgan::guarded([&] {
        const auto& called = *static_cast<const Operator*>(op);
        const auto& declared = called.handle.schema().arguments();
        TORCH_CHECK(static_cast<size_t>(count) <= declared.size(), called.handle.schema().name(), " takes ", declared.size(), " arguments, got ", count, ".");
        torch::jit::Stack stack;
        stack.reserve(declared.size());
        for (int32_t i = 0; i < count; ++i) stack.push_back(boxed(arguments[i], called.wants[i]));
        for (size_t i = count; i < declared.size(); ++i) {
            TORCH_CHECK(declared[i].default_value().has_value(), called.handle.schema().name(), " misses argument ", declared[i].name(), ".");
            stack.push_back(*declared[i].default_value());
        }
        called.handle.callBoxed(stack);
        *returned = static_cast<int32_t>(stack.size());
        for (int32_t i = 0; i < capacity && i < *returned; ++i) results[i] = unboxed(stack[i]);
    });
}

PGAN_EXPORT void pgan_ts_free_list(void* handles) { delete[] static_cast<void**>(handles); }
