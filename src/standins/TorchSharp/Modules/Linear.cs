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

    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long _padding;
        private readonly bool _scale;
        private readonly bool _sparse;

        [ComponentName(Name = "weight")]
        private Parameter? _weightParameter;

        internal Embedding(Parameter weight, long? padding, bool scale, bool sparse)
            : base(nameof(Embedding))
        {
            _weightParameter = weight;
            _padding = padding ?? -1;
            _scale = scale;
            _sparse = sparse;
            RegisterComponents();
        }

        public Parameter? weight
        {
            get => _weightParameter;
            set
            {
                _weightParameter = value;
                ConditionallyRegisterParameter("weight", value);
            }
        }

        public override Tensor forward(Tensor input) => Aten.Call("embedding", weight, input, _padding, _scale, _sparse);
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

            public static Embedding Embedding(
                long num_embeddings,
                long embedding_dims,
                long? padding_idx = null,
                double? max_norm = null,
                double norm_type = 2.0,
                bool scale_grad_by_freq = false,
                bool sparse = false,
                Device? device = null,
                ScalarType? dtype = null)
            {
                if (max_norm is not null)
                {
                    throw new NotSupportedException("Embeddings with a maximal norm are not supported.");
                }

                var weight = Parameter(empty(num_embeddings, embedding_dims, dtype, device));
                init.normal_(weight);
                if (padding_idx is { } padding)
                {
                    using var scope = no_grad();
                    using var row = weight.select(0, padding);
                    row.fill_(0);
                }

                return new(weight, padding_idx, scale_grad_by_freq, sparse);
            }
        }
    }
}
