using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
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
