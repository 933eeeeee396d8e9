using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module trains. Making one takes the tensor's handle over and leaves the tensor empty.</summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : this(data.with_requires_grad(requires_grad), data.OwningDisposeScope)
        {
        }

        private Parameter(torch.Tensor data, DisposeScope? scope)
            : base(data.DecoupleFromNativeHandle()) => MoveToOtherDisposeScope(scope);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
