using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Cuts a network's flat gradient into buckets of whole parameters, so that a bucket can be sent as soon as the backward pass has
/// reached the first of its layers. Only speed depends on where the cuts are.
/// </summary>
internal sealed class BucketLayout
{
    /// <param name="parameters">In the order of the flat tensor.</param>
    /// <param name="bucketElements">A bucket is closed when it has this many elements or more.</param>
    public BucketLayout(IReadOnlyList<Tensor> parameters, long bucketElements)
    {
        var buckets = new List<Bucket>();
        for (int parameter = 0, first = 0; parameter < parameters.Count; parameter++)
        {
            var start = buckets.Count == 0 ? 0 : buckets[^1].Start + buckets[^1].Elements;
            var elements = parameters.Skip(first).Take(parameter - first + 1).Sum(member => member.NumberOfElements);
            if (elements >= bucketElements || parameter == parameters.Count - 1)
            {
                buckets.Add(new Bucket(first, parameter - first + 1, start, elements));
                first = parameter + 1;
            }
        }
        Buckets = buckets;
    }

    public IReadOnlyList<Bucket> Buckets { get; }

    /// <param name="FirstParameter">Index of its first parameter.</param>
    /// <param name="Parameters">How many it has.</param>
    /// <param name="Start">Its first element in the flat tensor.</param>
    /// <param name="Elements">How many it has.</param>
    public readonly record struct Bucket(int FirstParameter, int Parameters, long Start, long Elements);
}
