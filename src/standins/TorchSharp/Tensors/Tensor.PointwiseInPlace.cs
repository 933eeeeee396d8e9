namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs_()
        {
            Aten.Run("abs_", this);
            return this;
        }

        public Tensor neg_()
        {
            Aten.Run("neg_", this);
            return this;
        }

        public Tensor sqrt_()
        {
            Aten.Run("sqrt_", this);
            return this;
        }

        public Tensor rsqrt_()
        {
            Aten.Run("rsqrt_", this);
            return this;
        }

        public Tensor exp_()
        {
            Aten.Run("exp_", this);
            return this;
        }

        public Tensor exp2_()
        {
            Aten.Run("exp2_", this);
            return this;
        }

        public Tensor expm1_()
        {
            Aten.Run("expm1_", this);
            return this;
        }

        public Tensor log_()
        {
            Aten.Run("log_", this);
            return this;
        }

        public Tensor log2_()
        {
            Aten.Run("log2_", this);
            return this;
        }

        public Tensor log10_()
        {
            Aten.Run("log10_", this);
            return this;
        }

        public Tensor log1p_()
        {
            Aten.Run("log1p_", this);
            return this;
        }

        public Tensor sign_()
        {
            Aten.Run("sign_", this);
            return this;
        }

        public Tensor sgn_()
        {
            Aten.Run("sgn_", this);
            return this;
        }

        public Tensor sin_()
        {
            Aten.Run("sin_", this);
            return this;
        }

        public Tensor cos_()
        {
            Aten.Run("cos_", this);
            return this;
        }

        public Tensor tan_()
        {
            Aten.Run("tan_", this);
            return this;
        }

        public Tensor sinh_()
        {
            Aten.Run("sinh_", this);
            return this;
        }

        public Tensor cosh_()
        {
            Aten.Run("cosh_", this);
            return this;
        }

        public Tensor tanh_()
        {
            Aten.Run("tanh_", this);
            return this;
        }

        public Tensor asin_()
        {
            Aten.Run("asin_", this);
            return this;
        }

        public Tensor acos_()
        {
            Aten.Run("acos_", this);
            return this;
        }

        public Tensor atan_()
        {
            Aten.Run("atan_", this);
            return this;
        }

        public Tensor asinh_()
        {
            Aten.Run("asinh_", this);
            return this;
        }

        public Tensor acosh_()
        {
            Aten.Run("acosh_", this);
            return this;
        }

        public Tensor atanh_()
        {
            Aten.Run("atanh_", this);
            return this;
        }

        public Tensor sigmoid_()
        {
            Aten.Run("sigmoid_", this);
            return this;
        }

        public Tensor relu_()
        {
            Aten.Run("relu_", this);
            return this;
        }

        public Tensor silu_()
        {
            Aten.Run("silu_", this);
            return this;
        }

        public Tensor reciprocal_()
        {
            Aten.Run("reciprocal_", this);
            return this;
        }

        public Tensor floor_()
        {
            Aten.Run("floor_", this);
            return this;
        }

        public Tensor ceil_()
        {
            Aten.Run("ceil_", this);
            return this;
        }

        public Tensor trunc_()
        {
            Aten.Run("trunc_", this);
            return this;
        }

        public Tensor frac_()
        {
            Aten.Run("frac_", this);
            return this;
        }

        public Tensor erf_()
        {
            Aten.Run("erf_", this);
            return this;
        }

        public Tensor erfc_()
        {
            Aten.Run("erfc_", this);
            return this;
        }

        public Tensor erfinv_()
        {
            Aten.Run("erfinv_", this);
            return this;
        }

        public Tensor logical_not_()
        {
            Aten.Run("logical_not_", this);
            return this;
        }

        public Tensor bitwise_not_()
        {
            Aten.Run("bitwise_not_", this);
            return this;
        }

        public Tensor nan_to_num_(double nan = 0d, double? posinf = null, double? neginf = null)
        {
            Aten.Run("nan_to_num_", this, nan, posinf, neginf);
            return this;
        }

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

        public Tensor clamp_max_(Scalar max)
        {
            Aten.Run("clamp_max_", this, max);
            return this;
        }

        public Tensor clamp_min_(Scalar min)
        {
            Aten.Run("clamp_min_", this, min);
            return this;
        }

        public Tensor round_(long decimals = 0L)
        {
            Aten.Run("round_.decimals", this, decimals);
            return this;
        }

        public Tensor leaky_relu_(Scalar negative_slope)
        {
            Aten.Run("leaky_relu_", this, negative_slope);
            return this;
        }

        public Tensor lerp_(Tensor end, Tensor weight)
        {
            Aten.Run("lerp_.Tensor", this, end, weight);
            return this;
        }
    }
}
