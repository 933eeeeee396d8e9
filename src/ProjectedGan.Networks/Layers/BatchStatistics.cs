using System.Numerics;
using System.Runtime.InteropServices;
using ProjectedGan.Tensors;
using TorchSharp;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Layers;

/// <summary>Batch normalisation with the statistics of the batch, exact to float32's roundings in every memory order.</summary>
/// <remarks>
/// libtorch 2.10 adds up a channels-last batch in one float32 a channel: over 8×64×64 pixels the result is off by 5e-6, over 1024²
/// by 6e-4, where the other memory order is right to 1e-7. Here float32 sums of a few hundred rows are added in float64. The
/// order of the sums does not depend on the thread count: one thread computes.
/// </remarks>
internal static unsafe class BatchStatistics
{
    private const int RowsPerSum = 64;
    private const int SmallestWidth = 64;

    // A multiple of every machine's vector, so that all add in the same order.
    private const int Lanes = 16;

    /// <summary>Normalises a batch in training and moves the running statistics.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="mean">Running mean [C].</param>
    /// <param name="variance">Running variance [C].</param>
    /// <param name="affine">Gain and bias [C], or neither.</param>
    /// <param name="constants">Momentum of the running statistics, and what is added to the variance.</param>
    public static Tensor Normalize(
        Tensor input, Tensor mean, Tensor variance, (Tensor? Gain, Tensor? Bias) affine, (double Momentum, double Epsilon) constants)
    {
        if (input.device_type != DeviceType.CPU || input.dtype != ScalarType.Float32 || input.shape is not [> 0, > 0, > 0, > 0]
            || input.NumberOfElements == input.size(1) || !ChannelsLast.Is(input))
        {
            return functional.batch_norm(input, mean, variance, affine.Gain, affine.Bias, true, constants.Momentum, constants.Epsilon);
        }

        var running = new Running(mean, variance, constants.Momentum, constants.Epsilon);
        return (affine is ({ } gain, { } bias) ? Function.apply(running, input, gain, bias) : Function.apply(running, input))[0];
    }

    private sealed record Running(Tensor Mean, Tensor Variance, double Momentum, double Epsilon)
    {
        public void Follow(float[] mean, float[] variance)
        {
            Mean.mul_(Of(1 - Momentum)).add_(tensor(mean), Of(Momentum));
            Variance.mul_(Of(1 - Momentum)).add_(tensor(variance), Of(Momentum));
        }
    }

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        private const string Statistics = "statistics";

        public override string Name => nameof(BatchStatistics);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (running, input) = ((Running)vars[0], (Tensor)vars[1]);
            var (gain, bias) = vars is [_, _, Tensor first, Tensor second] ? (first, second) : (null, null);
            var rows = new Rows(input);
            var channels = rows.Channels;
            var mean = Array.ConvertAll(rows.Sum<Value>(rows, new float[channels]), sum => (float)(sum / rows.Count));
            var variance = Array.ConvertAll(rows.Sum<Square>(rows, mean), sum => sum / rows.Count);
            running.Follow(mean, Array.ConvertAll(variance, value => (float)(value * rows.Count / (rows.Count - 1))));
            var inverse = Array.ConvertAll(variance, value => (float)(1 / Math.Sqrt(value + running.Epsilon)));
            var output = empty_like(input);
            rows.Map(rows, new Rows(output), new Affine(mean, Scaled(inverse, gain), new float[channels], bias is null ? new float[channels] : Values(bias)));
            ctx.save_for_backward(gain is null ? [input] : [input, gain]);
            ctx.save_data(Statistics, (mean, inverse));
            return [output];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var saved = ctx.get_saved_variables();
            using var arranged = ChannelsLast.To(grad_outputs[0]);
            var gradients = saved.Count > 1
                ? Gradients.apply(ctx.get_data(Statistics), saved[0], arranged, saved[1])
                : Gradients.apply(ctx.get_data(Statistics), saved[0], arranged);
            return [null!, .. gradients];
        }
    }

    /// <summary>
    /// The gradients of input, gain and bias as functions of input, gradient of the output, and gain, so that a loss may contain them.
    /// </summary>
    /// <remarks>
    /// With s the inverse deviation, x̂ = s (x − mean) and dy the gradient of the output, over M pixels a channel:
    /// dx = gain · s · (dy − Σdy / M − x̂ · Σ(dy · x̂) / M), dgain = Σ(dy · x̂), dbias = Σdy.
    /// </remarks>
    private sealed class Gradients : autograd.MultiTensorFunction<Gradients>
    {
        private const string Sums = "sums";

        public override string Name => $"{nameof(BatchStatistics)}.{nameof(Gradients)}";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var ((mean, inverse), input, outer) = (((float[], float[]))vars[0], (Tensor)vars[1], (Tensor)vars[2]);
            var affine = vars is [_, _, _, Tensor weight] ? weight : null;
            var (rows, outerRows) = (new Rows(input), new Rows(outer));
            var bias = outerRows.Sum<Value>(outerRows, mean);
            var gain = rows.Sum<Product>(outerRows, mean).Zip(inverse, (sum, factor) => sum * factor).ToArray();
            var scale = Scaled(inverse, affine);
            var slope = Enumerable.Range(0, mean.Length).Select(c => (float)(-scale[c] * inverse[c] * gain[c] / rows.Count)).ToArray();
            var shift = Enumerable.Range(0, mean.Length).Select(c => (float)(-scale[c] * bias[c] / rows.Count)).ToArray();
            var result = empty_like(input);
            rows.Map(outerRows, new Rows(result), new Affine(mean, slope, scale, shift));
            ctx.save_for_backward(affine is null ? [input, outer] : [input, outer, affine]);
            ctx.save_data(Sums, (mean, inverse, gain, bias));
            // What TorchSharp would make zeros of belongs to a scope that is closed by then.
            ctx.set_materialize_grads(false);
            return affine is null
                ? [result]
                : [result, tensor(Array.ConvertAll(gain, value => (float)value)), tensor(Array.ConvertAll(bias, value => (float)value))];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var saved = ctx.get_saved_variables();
            var (mean, inverse, gain, bias) = ((float[], float[], double[], double[]))ctx.get_data(Sums);
            var affine = saved.Count > 2 ? saved[2] : null;
            using var arranged = grad_outputs[0] is { IsInvalid: false } given ? ChannelsLast.To(given) : zeros_like(saved[1]);
            var (rows, outer, second) = (new Rows(saved[0]), new Rows(saved[1]), new Rows(arranged));
            var (channels, count) = (mean.Length, rows.Count);
            float[] Factors(int output) => grad_outputs.Count > output && !grad_outputs[output].IsInvalid ? Values(grad_outputs[output]) : new float[channels];
            var (ofGain, ofBias) = (Factors(1), Factors(2));
            // Of the gradient g that comes for dx: Σg, Σ(g · x̂), Σ(g · dy).
            var sum = second.Sum<Value>(second, mean);
            var along = rows.Sum<Product>(second, mean).Zip(inverse, (value, factor) => value * factor).ToArray();
            var across = outer.Sum<Product>(second, new float[channels]);
            var scale = Scaled(inverse, affine);
            float[] Each(Func<int, double> value) => [.. Enumerable.Range(0, channels).Select(c => (float)value(c))];

            // The map from dy to dx is its own transpose.
            var outerGradient = empty_like(saved[1]);
            rows.Map(second, new Rows(outerGradient), new Affine(
                mean,
                Each(c => inverse[c] * (ofGain[c] - (scale[c] * along[c] / count))),
                scale,
                Each(c => ofBias[c] - (scale[c] * sum[c] / count))));

            // x̂ and s depend on x: d s / dx = −s² x̂ / M, dx̂ₖ / dxᵢ = s (δₖᵢ − 1 / M − x̂ₖ x̂ᵢ / M).
            var spread = Each(c => scale[c] * inverse[c] / count);
            var inputGradient = empty_like(saved[0]);
            var target = new Rows(inputGradient);
            rows.Map(second, target, new Affine(
                mean,
                Each(c => -inverse[c] * ((spread[c] * (across[c] - (((bias[c] * sum[c]) + (3 * gain[c] * along[c])) / count)))
                    + (ofGain[c] * inverse[c] * gain[c] / count))),
                Each(c => -spread[c] * gain[c]),
                Each(c => ((spread[c] * ((gain[c] * sum[c]) + (along[c] * bias[c]))) - (ofGain[c] * inverse[c] * bias[c])) / count)));
            outer.Map(target, target, new Affine(
                new float[channels],
                Each(c => (ofGain[c] * inverse[c]) - (spread[c] * along[c])),
                Each(_ => 1),
                new float[channels]));
            return affine is null
                ? [null!, inputGradient, outerGradient]
                : [null!, inputGradient, outerGradient, tensor(Each(c => inverse[c] * (across[c] - (((bias[c] * sum[c]) + (gain[c] * along[c])) / count))))];
        }
    }

    private static float[] Scaled(float[] factors, Tensor? gain) =>
        gain is null ? factors : [.. factors.Zip(Values(gain), (factor, value) => factor * value)];

    private static float[] Values(Tensor values)
    {
        using var plain = TensorBytes.RowMajorOnCpu(values);
        return TensorBytes.Span<float>(plain).ToArray();
    }

    /// <summary>(a − mean) · slope + b · scale + shift, by channel.</summary>
    private sealed record Affine(float[] Mean, float[] Slope, float[] Scale, float[] Shift);

    /// <summary>What is summed of two tensors' elements at one place.</summary>
    private interface ITerm
    {
        static abstract Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> mean);
    }

    private readonly struct Value : ITerm
    {
        public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> mean) => a;
    }

    private readonly struct Square : ITerm
    {
        public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> mean) => (a - mean) * (a - mean);
    }

    private readonly struct Product : ITerm
    {
        public static Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> mean) => (a - mean) * b;
    }

    /// <summary>A channels-last tensor as rows of channels; several rows are taken together, so that they fill whole vectors.</summary>
    private readonly struct Rows
    {
        private readonly float* _values;
        private readonly int _width;

        public Rows(Tensor images)
        {
            using var pixels = images.detach().permute(0, 2, 3, 1);
            _values = (float*)TensorBytes.Memory(pixels).Address;
            Channels = (int)images.size(1);
            Count = images.NumberOfElements / Channels;
            var together = Lanes / (int)BigInteger.GreatestCommonDivisor(Lanes, Channels);
            _width = Channels * together * Math.Max(1, SmallestWidth / (Channels * together));
        }

        public int Channels { get; }

        public long Count { get; }

        private long Length => Count * Channels;

        /// <summary>The sum of a term over all rows, by channel.</summary>
        public double[] Sum<T>(Rows other, float[] mean)
            where T : ITerm
        {
            var (sums, means, partial) = (new double[Channels], Tile(mean), new float[_width]);
            var whole = Length - (Length % _width);
            for (var start = 0L; start < whole; start += (long)RowsPerSum * _width)
            {
                Array.Clear(partial);
                var end = Math.Min(whole, start + ((long)RowsPerSum * _width));
                for (var row = start; row < end; row += _width)
                {
                    AddRow<T>(_values + row, other._values + row, means, partial);
                }

                for (var i = 0; i < partial.Length; i++)
                {
                    sums[i % Channels] += partial[i];
                }
            }

            for (var i = whole; i < Length; i++)
            {
                var channel = (int)(i % Channels);
                sums[channel] += T.Of(new Vector<float>(_values[i]), new Vector<float>(other._values[i]), new Vector<float>(mean[channel]))[0];
            }

            return sums;
        }

        /// <summary>Writes a map of these rows and others.</summary>
        public void Map(Rows other, Rows output, Affine map)
        {
            var (mean, slope, scale, shift) = (Tile(map.Mean), Tile(map.Slope), Tile(map.Scale), Tile(map.Shift));
            var whole = Length - (Length % _width);
            for (var row = 0L; row < whole; row += _width)
            {
                for (var i = 0; i < mean.Length; i += Vector<float>.Count)
                {
                    var a = Vector.Load(_values + row + i);
                    var b = Vector.Load(other._values + row + i);
                    var value = ((a - At(mean, i)) * At(slope, i)) + ((b * At(scale, i)) + At(shift, i));
                    value.Store(output._values + row + i);
                }
            }

            for (var i = whole; i < Length; i++)
            {
                var c = (int)(i % Channels);
                output._values[i] = ((_values[i] - mean[c]) * slope[c]) + ((other._values[i] * scale[c]) + shift[c]);
            }
        }

        private static void AddRow<T>(float* a, float* b, float[] mean, float[] partial)
            where T : ITerm
        {
            for (var i = 0; i < partial.Length; i += Vector<float>.Count)
            {
                (At(partial, i) + T.Of(Vector.Load(a + i), Vector.Load(b + i), At(mean, i))).CopyTo(partial, i);
            }
        }

        private static Vector<float> At(float[] values, int index) =>
            Vector.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(values), (nuint)index);

        private float[] Tile(float[] values)
        {
            var tiled = new float[_width];
            for (var i = 0; i < _width; i += Channels)
            {
                values.CopyTo(tiled, i);
            }

            return tiled;
        }
    }
}
