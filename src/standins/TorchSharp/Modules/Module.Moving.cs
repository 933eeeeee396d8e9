using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public abstract partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                _toEpilog(dtype, device, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                _toEpilog(dtype, null, non_blocking);
                return this;
            }

            /// <summary>
            /// Replaces the module's tensors, and those of its children, by moved or converted ones: the old objects are disposed and the fields that held them
            /// hold the new ones. Whole-number tensors keep their type.
            /// </summary>
            /// <exception cref="ArgumentException">
            /// Two fields have one component name, or a public property that has a tensor's component name cannot be set: the official package fails there too.
            /// </exception>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                _ = Fields().ToDictionary(field => field.ComponentName());
                foreach (var (_, module) in named_children())
                {
                    _ = dtype is { } type
                        ? device is null ? module._to(type, non_blocking) : module._to(device, type, non_blocking)
                        : module._to(device!.type, device.index, non_blocking);
                }

                foreach (var (key, parameter) in _parameterTable.ToList())
                {
                    if (Converted(parameter, dtype, device, non_blocking) is { } data)
                    {
                        var replacement = new Parameter(data, parameter.requires_grad);
                        using (var gradient = parameter.grad)
                        {
                            replacement.grad = gradient is null ? null : Converted(gradient, dtype, device, non_blocking) ?? gradient;
                        }

                        _parameterTable[key] = replacement;
                        Replace(key, parameter, replacement);
                    }
                }

                foreach (var (key, (buffer, persistent)) in _bufferTable.ToList())
                {
                    if (persistent && Converted(buffer, dtype, device, non_blocking) is { } data)
                    {
                        _bufferTable[key] = (data, persistent);
                        Replace(key, buffer, data);
                    }
                }
            }

            // Null when the tensor is right as it is.
            private static Tensor? Converted(Tensor tensor, ScalarType? dtype, Device? device, bool nonBlocking)
            {
                var type = dtype is { } wanted && (tensor.is_floating_point() || tensor.is_complex()) ? wanted : tensor.dtype;
                var place = device ?? tensor.device;
                if (type == tensor.dtype && place.type == tensor.device_type && place.index == tensor.device.index)
                {
                    return null;
                }

                using var scope = no_grad();
                return tensor.to(type, place, non_blocking: nonBlocking).DetachFromDisposeScope();
            }

            private void Replace(string component, Tensor old, Tensor replacement)
            {
                if (GetType().GetProperty(component) is { CanWrite: false })
                {
                    throw new ArgumentException($"Property {component} of {GetType().Name} has no setter, so its tensor cannot be replaced.");
                }

                foreach (var field in Fields())
                {
                    if (field.FieldType.IsAssignableFrom(replacement.GetType()) && ReferenceEquals(field.GetValue(this), old))
                    {
                        field.SetValue(this, replacement);
                    }
                }

                old.Dispose();
            }
        }
    }
}
