namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Aten.Call("eq.Tensor", this, target);

        public Tensor eq(Scalar target) => Aten.Call("eq.Scalar", this, target);

        public Tensor eq_(Tensor target)
        {
            Aten.Run("eq_.Tensor", this, target);
            return this;
        }

        public Tensor eq_(Scalar target)
        {
            Aten.Run("eq_.Scalar", this, target);
            return this;
        }

        public Tensor ne(Tensor target) => Aten.Call("ne.Tensor", this, target);

        public Tensor ne(Scalar target) => Aten.Call("ne.Scalar", this, target);

        public Tensor ne_(Tensor target)
        {
            Aten.Run("ne_.Tensor", this, target);
            return this;
        }

        public Tensor ne_(Scalar target)
        {
            Aten.Run("ne_.Scalar", this, target);
            return this;
        }

        public Tensor not_equal(Tensor target) => Aten.Call("ne.Tensor", this, target);

        public Tensor lt(Tensor target) => Aten.Call("lt.Tensor", this, target);

        public Tensor lt(Scalar target) => Aten.Call("lt.Scalar", this, target);

        public Tensor lt_(Tensor target)
        {
            Aten.Run("lt_.Tensor", this, target);
            return this;
        }

        public Tensor lt_(Scalar target)
        {
            Aten.Run("lt_.Scalar", this, target);
            return this;
        }

        public Tensor less(Tensor target) => Aten.Call("lt.Tensor", this, target);

        public Tensor le(Tensor target) => Aten.Call("le.Tensor", this, target);

        public Tensor le(Scalar target) => Aten.Call("le.Scalar", this, target);

        public Tensor le_(Tensor target)
        {
            Aten.Run("le_.Tensor", this, target);
            return this;
        }

        public Tensor le_(Scalar target)
        {
            Aten.Run("le_.Scalar", this, target);
            return this;
        }

        public Tensor less_equal(Tensor target) => Aten.Call("le.Tensor", this, target);

        public Tensor gt(Tensor target) => Aten.Call("gt.Tensor", this, target);

        public Tensor gt(Scalar target) => Aten.Call("gt.Scalar", this, target);

        public Tensor gt_(Tensor target)
        {
            Aten.Run("gt_.Tensor", this, target);
            return this;
        }

        public Tensor gt_(Scalar target)
        {
            Aten.Run("gt_.Scalar", this, target);
            return this;
        }

        public Tensor greater(Tensor target) => Aten.Call("gt.Tensor", this, target);

        public Tensor ge(Tensor target) => Aten.Call("ge.Tensor", this, target);

        public Tensor ge(Scalar target) => Aten.Call("ge.Scalar", this, target);

        public Tensor ge_(Tensor target)
        {
            Aten.Run("ge_.Tensor", this, target);
            return this;
        }

        public Tensor ge_(Scalar target)
        {
            Aten.Run("ge_.Scalar", this, target);
            return this;
        }

        public Tensor greater_equal(Tensor target) => Aten.Call("ge.Tensor", this, target);

        public Tensor logical_and(Tensor other) => Aten.Call("logical_and", this, other);

        public Tensor logical_and_(Tensor other)
        {
            Aten.Run("logical_and_", this, other);
            return this;
        }

        public Tensor logical_or(Tensor other) => Aten.Call("logical_or", this, other);

        public Tensor logical_or_(Tensor other)
        {
            Aten.Run("logical_or_", this, other);
            return this;
        }

        public Tensor logical_xor(Tensor other) => Aten.Call("logical_xor", this, other);

        public Tensor logical_xor_(Tensor other)
        {
            Aten.Run("logical_xor_", this, other);
            return this;
        }

        public Tensor bitwise_and(Tensor other) => Aten.Call("bitwise_and.Tensor", this, other);

        public Tensor bitwise_and_(Tensor other)
        {
            Aten.Run("bitwise_and_.Tensor", this, other);
            return this;
        }

        public Tensor bitwise_or(Tensor other) => Aten.Call("bitwise_or.Tensor", this, other);

        public Tensor bitwise_or_(Tensor other)
        {
            Aten.Run("bitwise_or_.Tensor", this, other);
            return this;
        }

        public Tensor bitwise_xor(Tensor other) => Aten.Call("bitwise_xor.Tensor", this, other);

        public Tensor bitwise_xor_(Tensor other)
        {
            Aten.Run("bitwise_xor_.Tensor", this, other);
            return this;
        }

        public Tensor bitwise_left_shift(Tensor other) => Aten.Call("bitwise_left_shift.Tensor", this, other);

        public Tensor bitwise_right_shift(Tensor other) => Aten.Call("bitwise_right_shift.Tensor", this, other);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Aten.Test("allclose", this, target, rtol, atol, equal_nan);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Aten.Call("isclose", this, other, rtol, atol, nanEqual);
    }
}
