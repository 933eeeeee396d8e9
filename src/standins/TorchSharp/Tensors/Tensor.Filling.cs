namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        // The official zero_() returns new zeros and leaves the tensor alone, so it is not supplied: fill_(0) zeroes in place in both.
        public Tensor fill_(Scalar value)
        {
            Aten.Run("fill_.Scalar", this, value);
            return this;
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Aten.Run("copy_", this, source, nonBlocking);
            return this;
        }

        public Tensor set_(Tensor source)
        {
            Aten.Run("set_.source_Tensor", this, source);
            return this;
        }

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            Aten.Run("normal_", this, mean, std, generator);
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            Aten.Run("uniform_", this, from, to, generator);
            return this;
        }

        public Tensor random_(double from, double to, Generator? generator = null) => RandomInPlace((long)from, (long)to, generator);

        public Tensor bernoulli(Generator? generator = null) => Aten.Call("bernoulli", this, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            Aten.Run("bernoulli_.float", this, p, generator);
            return this;
        }

        public Tensor bernoulli_(Tensor p, Generator? generator = null)
        {
            Aten.Run("bernoulli_.Tensor", this, p, generator);
            return this;
        }

        public Tensor exponential_(double lambda = 1.0, Generator? generator = null)
        {
            Aten.Run("exponential_", this, lambda, generator);
            return this;
        }

        public Tensor log_normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            Aten.Run("log_normal_", this, mean, std, generator);
            return this;
        }

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Aten.Call("multinomial", this, num_samples, replacement, generator);

        public Tensor poisson(Generator? generator = null) => Aten.Call("poisson", this, generator);

        private Tensor RandomInPlace(long from, long to, Generator? generator)
        {
            Aten.Run("random_.from", this, from, to, generator);
            return this;
        }
    }
}
