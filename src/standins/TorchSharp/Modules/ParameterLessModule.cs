using static TorchSharp.torch;

namespace TorchSharp.Modules;

public interface IParameterLessModule
{
}

/// <summary>A module without parameters, buffers and children; moving it does nothing.</summary>
public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name)
        : base(name)
    {
    }

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw Refusal("buffers");

    public override void register_parameter(string name, Parameter param) => throw Refusal("parameters");

    public override void register_module(string name, nn.Module submodule) => throw Refusal("modules");

    private InvalidOperationException Refusal(string what) => new($"Cannot register {what} in {GetType().Name}, a module without parameters.");
}
