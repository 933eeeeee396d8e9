namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? Aten.Call("relu6_", x) : x.relu6();

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                Aten.Call(inplace ? "leaky_relu_" : "leaky_relu", input, negative_slope);

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();

            public static Tensor glu(Tensor input, long dim = -1) => input.glu(dim);

            public static Tensor softplus(Tensor x, double beta = 1.0, double threshold = 20) => x.softplus(beta, threshold);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor hardtanh(Tensor x, double min_val = -1.0, double max_val = 1.0, bool inplace = false) =>
                Aten.Call(inplace ? "hardtanh_" : "hardtanh", x, min_val, max_val);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                Aten.Call(inplace ? "dropout_" : "dropout", input, p, training);
        }
    }
}
