using System.Text.Json;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Iteration;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Runs;

/// <summary>
/// Everything that a worker needs to go on where another one is, besides the spec: counters as text, and the live tensors to copy from or
/// into. Belongs to its trainer, which must not train meanwhile.
/// </summary>
/// <param name="Header">JSON; the same on all workers of a run that are at the same iteration, but for the time spent.</param>
/// <param name="Tensors">Weights, buffers, average and moments in a fixed order; the trainer's own.</param>
public sealed record TrainerState(byte[] Header, IReadOnlyList<Tensor> Tensors)
{
    internal sealed record Counters(long Iteration, long GeneratorSteps, long DiscriminatorSteps, long NonFiniteElements, double TrainingSeconds, Adaptation Adaptation)
    {
        public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

        public static Counters Parse(byte[] header)
        {
            try
            {
                return JsonSerializer.Deserialize<Counters>(header) ?? throw new PganException("The state's header is empty.");
            }
            catch (JsonException error)
            {
                throw new PganException($"The state's header is damaged: {error.Message}", error);
            }
        }
    }
}

/// <summary>The identity of a network's weights.</summary>
internal static class NetworkHash
{
    /// <summary>SHA-256 over all tensors in state_dict order.</summary>
    public static string Of(Module network) => Bytes.Hash(StateDict.Named(network).Select(member => member.Tensor));
}
