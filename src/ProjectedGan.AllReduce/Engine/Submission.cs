using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>A worker's share of a bucket, checked.</summary>
internal sealed record Submission(ElementFormat Format, Tensor[] Tensors, nint[] Addresses, long Elements)
{
    /// <exception cref="ArgumentException">The partial sums are not those of this worker's maximal subtrees, or no plain CPU tensors of one length and type.</exception>
    public static Submission Check(GroupTopology topology, ReductionKey key, IReadOnlyList<SubtreeSum> partials)
    {
        var nodes = topology.Program.Leaves.Skip(topology.Program.FirstLeaf[topology.Self]).Take(topology.LeavesOf(topology.Self));
        if (!nodes.SequenceEqual(partials.Select(partial => partial.Range)))
        {
            throw new ArgumentException(
                $"Partial sums over replicas {string.Join(", ", partials.Select(partial => partial.Range))} were submitted; this worker's are {string.Join(", ", nodes)}.",
                nameof(partials));
        }
        Tensor[] tensors = [.. partials.Select(partial => partial.Sum)];
        var (elements, type) = (tensors[0].NumberOfElements, tensors[0].dtype);
        if (elements < 1 || tensors.Any(tensor => !tensor.is_cpu() || !tensor.is_contiguous() || tensor.NumberOfElements != elements || tensor.dtype != type))
        {
            throw new ArgumentException($"Partial sums of {key} must be contiguous CPU tensors of one type and one length, at least 1.", nameof(partials));
        }
        return new Submission(FormatOf(topology.Group.Wire, key.Phase, type), tensors, [.. tensors.Select(tensor => TensorBytes.Memory(tensor).Address)], elements);
    }

    private static ElementFormat FormatOf(WireType wire, ReductionPhase phase, ScalarType type) => type switch
    {
        ScalarType.Float64 => ElementFormat.Float64,
        ScalarType.Float32 when wire == WireType.BFloat16 && phase != ReductionPhase.Statistics => ElementFormat.BFloat16,
        ScalarType.Float32 => ElementFormat.Float32,
        _ => throw new ArgumentException($"Tensors of type {type} cannot be summed; use float32 or float64."),
    };
}
