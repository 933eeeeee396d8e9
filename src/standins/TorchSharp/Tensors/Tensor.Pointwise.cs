namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.Call("abs", this);

        public Tensor neg() => Aten.Call("neg", this);

        public Tensor negative() => Aten.Call("negative", this);

        public Tensor square() => Aten.Call("square", this);

        public Tensor sqrt() => Aten.Call("sqrt", this);

        public Tensor rsqrt() => Aten.Call("rsqrt", this);

        public Tensor exp() => Aten.Call("exp", this);

        public Tensor exp2() => Aten.Call("exp2", this);

        public Tensor expm1() => Aten.Call("expm1", this);

        public Tensor log() => Aten.Call("log", this);

        public Tensor log2() => Aten.Call("log2", this);

        public Tensor log10() => Aten.Call("log10", this);

        public Tensor log1p() => Aten.Call("log1p", this);

        public Tensor sign() => Aten.Call("sign", this);

        public Tensor sgn() => Aten.Call("sgn", this);

        public Tensor sin() => Aten.Call("sin", this);

        public Tensor cos() => Aten.Call("cos", this);

        public Tensor tan() => Aten.Call("tan", this);

        public Tensor sinh() => Aten.Call("sinh", this);

        public Tensor cosh() => Aten.Call("cosh", this);

        public Tensor tanh() => Aten.Call("tanh", this);

        public Tensor asin() => Aten.Call("asin", this);

        public Tensor acos() => Aten.Call("acos", this);

        public Tensor atan() => Aten.Call("atan", this);

        public Tensor asinh() => Aten.Call("asinh", this);

        public Tensor acosh() => Aten.Call("acosh", this);

        public Tensor atanh() => Aten.Call("atanh", this);

        public Tensor sigmoid() => Aten.Call("sigmoid", this);

        public Tensor relu() => Aten.Call("relu", this);

        public Tensor silu() => Aten.Call("silu", this);

        public Tensor gelu() => Aten.Call("gelu", this);

        public Tensor selu() => Aten.Call("selu", this);

        public Tensor reciprocal() => Aten.Call("reciprocal", this);

        public Tensor floor() => Aten.Call("floor", this);

        public Tensor ceil() => Aten.Call("ceil", this);

        public Tensor trunc() => Aten.Call("trunc", this);

        public Tensor frac() => Aten.Call("frac", this);

        public Tensor erf() => Aten.Call("erf", this);

        public Tensor erfc() => Aten.Call("erfc", this);

        public Tensor erfinv() => Aten.Call("erfinv", this);

        public Tensor digamma() => Aten.Call("digamma", this);

        public Tensor lgamma() => Aten.Call("lgamma", this);

        public Tensor signbit() => Aten.Call("signbit", this);

        public Tensor positive() => Aten.Call("positive", this);

        public Tensor deg2rad() => Aten.Call("deg2rad", this);

        public Tensor rad2deg() => Aten.Call("rad2deg", this);

        public Tensor logical_not() => Aten.Call("logical_not", this);

        public Tensor bitwise_not() => Aten.Call("bitwise_not", this);

        public Tensor isnan() => Aten.Call("isnan", this);

        public Tensor isinf() => Aten.Call("isinf", this);

        public Tensor isfinite() => Aten.Call("isfinite", this);

        public Tensor isposinf() => Aten.Call("isposinf", this);

        public Tensor isneginf() => Aten.Call("isneginf", this);

        public Tensor isreal() => Aten.Call("isreal", this);

        public Tensor absolute() => Aten.Call("abs", this);

        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) =>
            Aten.Call("nan_to_num", this, nan, posinf, neginf);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.Call("clamp", this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.Call("clamp.Tensor", this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => Aten.Call("clip", this, min, max);

        public Tensor clamp_max(Scalar max) => Aten.Call("clamp_max", this, max);

        public Tensor clamp_min(Scalar min) => Aten.Call("clamp_min", this, min);

        public Tensor round(long decimals = 0L) => Aten.Call("round.decimals", this, decimals);

        public Tensor relu6() => Aten.Call("relu6", this);

        public Tensor leaky_relu(Scalar negative_slope) => Aten.Call("leaky_relu", this, negative_slope);

        public Tensor hardtanh(Scalar min, Scalar max) => Aten.Call("hardtanh", this, min, max);

        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.Call("softplus", this, beta, threshold);

        public Tensor glu(long dim = -1) => Aten.Call("glu", this, dim);

        public Tensor xlogy(Tensor y) => Aten.Call("xlogy.Tensor", this, y);

        public Tensor threshold(Scalar threshold, Scalar value) => Aten.Call("threshold", this, threshold, value);

        public Tensor logit(double? eps = null) => Aten.Call("logit", this, eps);

        public Tensor hypot(Tensor other) => Aten.Call("hypot", this, other);

        public Tensor atan2(Tensor other) => Aten.Call("atan2", this, other);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.Call("lerp.Tensor", this, end, weight);

        public Tensor heaviside(Tensor values) => Aten.Call("heaviside", this, values);

        public Tensor copysign(Tensor other) => Aten.Call("copysign.Tensor", this, other);
    }
}
