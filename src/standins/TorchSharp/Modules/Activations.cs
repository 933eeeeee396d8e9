using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace)
            : base(nameof(ReLU)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.relu(tensor, inplace);
    }

    public sealed class ReLU6 : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU6(bool inplace)
            : base(nameof(ReLU6)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.relu6(tensor, inplace);
    }

    public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal LeakyReLU(double negative_slope, bool inplace)
            : base(nameof(LeakyReLU))
        {
            this.negative_slope = negative_slope;
            this.inplace = inplace;
        }

        public double negative_slope { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.leaky_relu(tensor, negative_slope, inplace);
    }

    public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Sigmoid(bool inplace)
            : base(nameof(Sigmoid)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.sigmoid(tensor, inplace);
    }

    public sealed class Tanh : ParameterLessModule<Tensor, Tensor>
    {
        internal Tanh(bool inplace)
            : base(nameof(Tanh)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.tanh(tensor, inplace);
    }

    public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
    {
        internal SiLU(bool inplace)
            : base(nameof(SiLU)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.silu(tensor, inplace);
    }

    public sealed class GLU : ParameterLessModule<Tensor, Tensor>
    {
        internal GLU(long dim)
            : base(nameof(GLU)) => this.dim = dim;

        public long dim { get; set; }

        public override Tensor forward(Tensor tensor) => F.glu(tensor, dim);
    }

    public sealed class Identity : ParameterLessModule<Tensor, Tensor>
    {
        internal Identity()
            : base(nameof(Identity))
        {
        }

        public override Tensor forward(Tensor tensor) => tensor.alias();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU ReLU(bool inplace = false) => new(inplace);

            public static ReLU6 ReLU6(bool inplace = false) => new(inplace);

            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);

            public static Sigmoid Sigmoid() => new(false);

            public static Sigmoid Sigmoid(bool inplace) => new(inplace);

            public static Tanh Tanh() => new(false);

            public static Tanh Tanh(bool inplace = false) => new(inplace);

            public static SiLU SiLU() => new(false);

            public static SiLU SiLU(bool inplace) => new(inplace);

            public static GLU GLU(long dim = -1) => new(dim);

            public static Identity Identity() => new();
        }
    }
}
