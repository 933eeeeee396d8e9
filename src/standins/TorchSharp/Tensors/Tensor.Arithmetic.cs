namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Aten.Call("add.Tensor", this, target);

        public Tensor add(Tensor target, Scalar alpha) => Aten.Call("add.Tensor", this, target, alpha);

        public Tensor add(Scalar scalar) => Aten.Call("add.Scalar", this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => Aten.Call("add.Scalar", this, scalar, alpha);

        public Tensor add_(Tensor target)
        {
            Aten.Run("add_.Tensor", this, target);
            return this;
        }

        public Tensor add_(Tensor target, Scalar alpha)
        {
            Aten.Run("add_.Tensor", this, target, alpha);
            return this;
        }

        public Tensor add_(Scalar scalar)
        {
            Aten.Run("add_.Scalar", this, scalar);
            return this;
        }

        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            Aten.Run("add_.Scalar", this, scalar, alpha);
            return this;
        }

        public Tensor sub(Tensor target) => Aten.Call("sub.Tensor", this, target);

        public Tensor sub(Scalar target) => Aten.Call("sub.Scalar", this, target);

        public Tensor sub_(Tensor target)
        {
            Aten.Run("sub_.Tensor", this, target);
            return this;
        }

        public Tensor sub_(Scalar target)
        {
            Aten.Run("sub_.Scalar", this, target);
            return this;
        }

        public Tensor subtract(Tensor target) => Aten.Call("sub.Tensor", this, target);

        public Tensor subtract(Scalar target) => Aten.Call("sub.Scalar", this, target);

        public Tensor mul(Tensor target) => Aten.Call("mul.Tensor", this, target);

        public Tensor mul(Scalar target) => Aten.Call("mul.Scalar", this, target);

        public Tensor mul_(Tensor target)
        {
            Aten.Run("mul_.Tensor", this, target);
            return this;
        }

        public Tensor mul_(Scalar target)
        {
            Aten.Run("mul_.Scalar", this, target);
            return this;
        }

        public Tensor multiply(Tensor target) => Aten.Call("mul.Tensor", this, target);

        public Tensor multiply(Scalar target) => Aten.Call("mul.Scalar", this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.Call("div.Tensor_mode", this, target, Mode(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Aten.Call("div.Scalar_mode", this, target, Mode(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            DivideInPlace("div_.Tensor_mode", target, rounding_mode);

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            DivideInPlace("div_.Scalar_mode", target, rounding_mode);

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor true_divide(Tensor other) => Aten.Call("div.Tensor", this, other);

        public Tensor true_divide(Scalar other) => Aten.Call("div.Scalar", this, other);

        public Tensor floor_divide(Tensor other) => Aten.Call("floor_divide", this, other);

        public Tensor floor_divide(Scalar other) => Aten.Call("floor_divide.Scalar", this, other);

        public Tensor remainder(Tensor target) => Aten.Call("remainder.Tensor", this, target);

        public Tensor remainder(Scalar scalar) => Aten.Call("remainder.Scalar", this, scalar);

        public Tensor fmod(Tensor target) => Aten.Call("fmod.Tensor", this, target);

        public Tensor fmod(Scalar scalar) => Aten.Call("fmod.Scalar", this, scalar);

        public Tensor pow(Tensor exponent) => Aten.Call("pow.Tensor_Tensor", this, exponent);

        public Tensor pow(Scalar exponent) => Aten.Call("pow.Tensor_Scalar", this, exponent);

        public Tensor pow_(Tensor exponent)
        {
            Aten.Run("pow_.Tensor", this, exponent);
            return this;
        }

        public Tensor pow_(Scalar exponent)
        {
            Aten.Run("pow_.Scalar", this, exponent);
            return this;
        }

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.Call("addcmul", this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Aten.Run("addcmul_", this, tensor1, tensor2, value);
            return this;
        }

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.Call("addcdiv", this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Aten.Call("addcdiv", this, tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Aten.Run("addcdiv_", this, tensor1, tensor2, value);
            return this;
        }

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2)
        {
            Aten.Run("addcdiv_", this, tensor1, tensor2);
            return this;
        }

        public Tensor maximum(Tensor other) => Aten.Call("maximum", this, other);

        public Tensor minimum(Tensor other) => Aten.Call("minimum", this, other);

        public Tensor fmax(Tensor other) => Aten.Call("fmax", this, other);

        public Tensor fmin(Tensor other) => Aten.Call("fmin", this, other);

        public Tensor max(Tensor other) => Aten.Call("maximum", this, other);

        public Tensor min(Tensor other) => Aten.Call("minimum", this, other);

        public Tensor logaddexp(Tensor other) => Aten.Call("logaddexp", this, other);

        private static Arg Mode(RoundingMode mode) => mode == RoundingMode.None ? Arg.None : mode.ToString();

        private Tensor DivideInPlace(string op, Arg divisor, RoundingMode mode)
        {
            Aten.Run(op, this, divisor, Mode(mode));
            return this;
        }
    }
}
