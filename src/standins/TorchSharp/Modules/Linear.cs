using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")]
        private Parameter _weightParameter;

        [ComponentName(Name = "bias")]
        private Parameter? _biasParameter;

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            out_features = weight.size(0);
            in_features = weight.size(1);
            _weightParameter = weight;
            _biasParameter = bias;
            RegisterComponents();
        }

        public long in_features { get; set; }

        public long out_features { get; set; }

        public Parameter weight
        {
            get => _weightParameter;
            set
            {
                _weightParameter = value;
                ConditionallyRegisterParameter("weight", value);
            }
        }

        public Parameter? bias
        {
            get => _biasParameter;
            set
            {
                _biasParameter = value;
                ConditionallyRegisterParameter("bias", value);
            }
        }

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                var weight = Parameter(empty(outputSize, inputSize, dtype, device));
                init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!hasBias)
                {
                    return new(weight, null);
                }

                var bias = Parameter(empty(outputSize, dtype, device));
                double bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
                init.uniform_(bias, -bound, bound);
                return new(weight, bias);
            }

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);
        }
    }
}
