namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Aten.Call("abs", this);

        public Tensor abs_()
        {
            Aten.Run("abs_", this);
            return this;
        }

        public Tensor neg() => Aten.Call("neg", this);

        public Tensor neg_()
        {
            Aten.Run("neg_", this);
            return this;
        }

        public Tensor negative() => Aten.Call("negative", this);

        public Tensor square() => Aten.Call("square", this);

        public Tensor sqrt() => Aten.Call("sqrt", this);

        public Tensor sqrt_()
        {
            Aten.Run("sqrt_", this);
            return this;
        }

        public Tensor rsqrt() => Aten.Call("rsqrt", this);

        public Tensor rsqrt_()
        {
            Aten.Run("rsqrt_", this);
            return this;
        }

        public Tensor exp() => Aten.Call("exp", this);

        public Tensor exp_()
        {
            Aten.Run("exp_", this);
            return this;
        }

        public Tensor exp2() => Aten.Call("exp2", this);

        public Tensor exp2_()
        {
            Aten.Run("exp2_", this);
            return this;
        }

        public Tensor expm1() => Aten.Call("expm1", this);

        public Tensor expm1_()
        {
            Aten.Run("expm1_", this);
            return this;
        }

        public Tensor log() => Aten.Call("log", this);

        public Tensor log_()
        {
            Aten.Run("log_", this);
            return this;
        }

        public Tensor log2() => Aten.Call("log2", this);

        public Tensor log2_()
        {
            Aten.Run("log2_", this);
            return this;
        }

        public Tensor log10() => Aten.Call("log10", this);

        public Tensor log10_()
        {
            Aten.Run("log10_", this);
            return this;
        }

        public Tensor log1p() => Aten.Call("log1p", this);

        public Tensor log1p_()
        {
            Aten.Run("log1p_", this);
            return this;
        }

        public Tensor sign() => Aten.Call("sign", this);

        public Tensor sign_()
        {
            Aten.Run("sign_", this);
            return this;
        }

        public Tensor sgn() => Aten.Call("sgn", this);

        public Tensor sgn_()
        {
            Aten.Run("sgn_", this);
            return this;
        }

        public Tensor sin() => Aten.Call("sin", this);

        public Tensor sin_()
        {
            Aten.Run("sin_", this);
            return this;
        }

        public Tensor cos() => Aten.Call("cos", this);

        public Tensor cos_()
        {
            Aten.Run("cos_", this);
            return this;
        }

        public Tensor tan() => Aten.Call("tan", this);

        public Tensor tan_()
        {
            Aten.Run("tan_", this);
            return this;
        }

        public Tensor sinh() => Aten.Call("sinh", this);

        public Tensor sinh_()
        {
            Aten.Run("sinh_", this);
            return this;
        }

        public Tensor cosh() => Aten.Call("cosh", this);

        public Tensor cosh_()
        {
            Aten.Run("cosh_", this);
            return this;
        }

        public Tensor tanh() => Aten.Call("tanh", this);

        public Tensor tanh_()
        {
            Aten.Run("tanh_", this);
            return this;
        }

        public Tensor asin() => Aten.Call("asin", this);

        public Tensor asin_()
        {
            Aten.Run("asin_", this);
            return this;
        }

        public Tensor acos() => Aten.Call("acos", this);

        public Tensor acos_()
        {
            Aten.Run("acos_", this);
            return this;
        }

        public Tensor atan() => Aten.Call("atan", this);

        public Tensor atan_()
        {
            Aten.Run("atan_", this);
            return this;
        }

        public Tensor asinh() => Aten.Call("asinh", this);

        public Tensor asinh_()
        {
            Aten.Run("asinh_", this);
            return this;
        }

        public Tensor acosh() => Aten.Call("acosh", this);

        public Tensor acosh_()
        {
            Aten.Run("acosh_", this);
            return this;
        }

        public Tensor atanh() => Aten.Call("atanh", this);

        public Tensor atanh_()
        {
            Aten.Run("atanh_", this);
            return this;
        }

        public Tensor sigmoid() => Aten.Call("sigmoid", this);

        public Tensor sigmoid_()
        {
            Aten.Run("sigmoid_", this);
            return this;
        }

        public Tensor relu() => Aten.Call("relu", this);

        public Tensor relu_()
        {
            Aten.Run("relu_", this);
            return this;
        }

        public Tensor silu() => Aten.Call("silu", this);

        public Tensor silu_()
        {
            Aten.Run("silu_", this);
            return this;
        }

        public Tensor gelu() => Aten.Call("gelu", this);

        public Tensor selu() => Aten.Call("selu", this);

        public Tensor reciprocal() => Aten.Call("reciprocal", this);

        public Tensor reciprocal_()
        {
            Aten.Run("reciprocal_", this);
            return this;
        }

        public Tensor floor() => Aten.Call("floor", this);

        public Tensor floor_()
        {
            Aten.Run("floor_", this);
            return this;
        }

        public Tensor ceil() => Aten.Call("ceil", this);

        public Tensor ceil_()
        {
            Aten.Run("ceil_", this);
            return this;
        }

        public Tensor trunc() => Aten.Call("trunc", this);

        public Tensor trunc_()
        {
            Aten.Run("trunc_", this);
            return this;
        }

        public Tensor frac() => Aten.Call("frac", this);

        public Tensor frac_()
        {
            Aten.Run("frac_", this);
            return this;
        }

        public Tensor erf() => Aten.Call("erf", this);

        public Tensor erf_()
        {
            Aten.Run("erf_", this);
            return this;
        }

        public Tensor erfc() => Aten.Call("erfc", this);

        public Tensor erfc_()
        {
            Aten.Run("erfc_", this);
            return this;
        }

        public Tensor erfinv() => Aten.Call("erfinv", this);

        public Tensor erfinv_()
        {
            Aten.Run("erfinv_", this);
            return this;
        }

        public Tensor digamma() => Aten.Call("digamma", this);

        public Tensor lgamma() => Aten.Call("lgamma", this);

        public Tensor signbit() => Aten.Call("signbit", this);

        public Tensor positive() => Aten.Call("positive", this);

        public Tensor deg2rad() => Aten.Call("deg2rad", this);

        public Tensor rad2deg() => Aten.Call("rad2deg", this);

        public Tensor logical_not() => Aten.Call("logical_not", this);

        public Tensor logical_not_()
        {
            Aten.Run("logical_not_", this);
            return this;
        }

        public Tensor bitwise_not() => Aten.Call("bitwise_not", this);

        public Tensor bitwise_not_()
        {
            Aten.Run("bitwise_not_", this);
            return this;
        }

        public Tensor isnan() => Aten.Call("isnan", this);

        public Tensor isinf() => Aten.Call("isinf", this);

        public Tensor isfinite() => Aten.Call("isfinite", this);

        public Tensor isposinf() => Aten.Call("isposinf", this);

        public Tensor isneginf() => Aten.Call("isneginf", this);

        public Tensor isreal() => Aten.Call("isreal", this);

        public Tensor absolute() => Aten.Call("abs", this);

        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) => Aten.Call("nan_to_num", this, nan, posinf, neginf);

        public Tensor nan_to_num_(double nan = 0d, double? posinf = null, double? neginf = null)
        {
            Aten.Run("nan_to_num_", this, nan, posinf, neginf);
            return this;
        }

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.Call("clamp", this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.Call("clamp.Tensor", this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            Aten.Run("clamp_", this, min, max);
            return this;
        }

        public Tensor clamp_(Tensor? min = null, Tensor? max = null)
        {
            Aten.Run("clamp_.Tensor", this, min, max);
            return this;
        }

        public Tensor clip(Scalar? min = null, Scalar? max = null) => Aten.Call("clip", this, min, max);

        public Tensor clamp_max(Scalar max) => Aten.Call("clamp_max", this, max);

        public Tensor clamp_max_(Scalar max)
        {
            Aten.Run("clamp_max_", this, max);
            return this;
        }

        public Tensor clamp_min(Scalar min) => Aten.Call("clamp_min", this, min);

        public Tensor clamp_min_(Scalar min)
        {
            Aten.Run("clamp_min_", this, min);
            return this;
        }

        public Tensor round(long decimals = 0L) => Aten.Call("round.decimals", this, decimals);

        public Tensor round_(long decimals = 0L)
        {
            Aten.Run("round_.decimals", this, decimals);
            return this;
        }

        public Tensor relu6() => Aten.Call("relu6", this);

        public Tensor leaky_relu(Scalar negative_slope) => Aten.Call("leaky_relu", this, negative_slope);

        public Tensor leaky_relu_(Scalar negative_slope)
        {
            Aten.Run("leaky_relu_", this, negative_slope);
            return this;
        }

        public Tensor hardtanh(Scalar min, Scalar max) => Aten.Call("hardtanh", this, min, max);

        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.Call("softplus", this, beta, threshold);

        public Tensor glu(long dim = -1) => Aten.Call("glu", this, dim);

        public Tensor xlogy(Tensor y) => Aten.Call("xlogy.Tensor", this, y);

        public Tensor threshold(Scalar threshold, Scalar value) => Aten.Call("threshold", this, threshold, value);

        public Tensor logit(double? eps = null) => Aten.Call("logit", this, eps);

        public Tensor hypot(Tensor other) => Aten.Call("hypot", this, other);

        public Tensor atan2(Tensor other) => Aten.Call("atan2", this, other);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.Call("lerp.Tensor", this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight)
        {
            Aten.Run("lerp_.Tensor", this, end, weight);
            return this;
        }

        public Tensor heaviside(Tensor values) => Aten.Call("heaviside", this, values);

        public Tensor copysign(Tensor other) => Aten.Call("copysign.Tensor", this, other);
    }
}
