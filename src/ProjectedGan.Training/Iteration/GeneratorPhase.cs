using ProjectedGan.Data.Ordering;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The generator's phase of one replica, with fresh latents: G learns from what the discriminators say of G(z), or of pairs with real images; in some
/// iterations also from its path lengths.
/// </summary>
internal sealed class GeneratorPhase(TrainingState worker)
{
    /// <param name="lane">Computes.</param>
    /// <param name="replica">Which one.</param>
    /// <param name="iteration">From 0.</param>
    /// <param name="real">The iteration's real images, where the loss pairs them with generated ones; stays the caller's.</param>
    public void Run(ReplicaLane lane, int replica, long iteration, RealBatch? real)
    {
        using var scope = NewDisposeScope();
        var moment = new ReplicaMoment(iteration, RandomPhase.Generator, replica);
        var state = worker.Replica(replica);
        Load(lane);
        lane.GeneratorState.RequireGradients(true);
        lane.DiscriminatorState.RequireGradients(false);
        lane.GeneratorGradients.Begin(replica);

        var pathWeight = worker.Spec.Loss.PathLengthAt(iteration);
        var loss = Loss(lane, moment, state, real, last: pathWeight == 0);
        Tensor? pathLength;
        using (worker.Timings.Measure(IterationPart.GeneratorBackward))
        {
            loss.backward();
            pathLength = pathWeight > 0 ? LearnFromPaths(lane, moment with { Phase = RandomPhase.PathLength }, pathWeight) : null;
            state.ReplaceProbe(TrainingPhase.Generator, lane.GeneratorGradients.Finish());
        }
        worker.Probe?.Tensor("G/loss", loss);
        Store(lane, state, loss, pathLength);
    }

    private Tensor LearnFromPaths(ReplicaLane lane, ReplicaMoment moment, double weight)
    {
        Tensor penalty, mean;
        using (lane.GeneratorGradients.Tap(last: true))
        using (Convolutions.DifferentiateTwice())
        {
            (penalty, mean) = worker.MeasurePaths(lane, moment);
        }
        penalty.mul(Of(weight)).backward();
        return mean;
    }

    private Tensor Loss(ReplicaLane lane, ReplicaMoment moment, ReplicaState state, RealBatch? real, bool last)
    {
        Tensor images;
        Tensor? labels;
        using (worker.Timings.Measure(IterationPart.GeneratorForward))
        {
            using var taps = lane.GeneratorGradients.Tap(last);
            (images, labels) = worker.Generate(lane, moment, real);
        }
        using (worker.Timings.Measure(IterationPart.GeneratorLoss))
        {
            if (worker.Spec.SharedFakes)
            {
                state.Fakes = images.detach().DetachFromDisposeScope();
                state.FakeLabels = labels?.alias().DetachFromDisposeScope();
            }
            var logits = worker.Logits(lane, worker.Seen(worker.View(images, moment, ImageOrigin.Generated)), labels);
            worker.Probe?.Tensor("G/fake_image", images);
            worker.Probe?.Tensor("G/fake_logits", logits);
            return worker.Spec.Loss.Kind switch
            {
                LossKind.Hinge => HingeLoss.Generator(logits),
                LossKind.NonSaturating => NonSaturatingLoss.Generator(logits),
                _ => RelativisticLoss.Generator(logits, RealLogits(lane, moment, real!)),
            };
        }
    }

    // G does not reach them.
    private Tensor RealLogits(ReplicaLane lane, ReplicaMoment moment, RealBatch real)
    {
        using var noGrad = no_grad();
        lane.DiscriminatorState.SpectralVectors.CopyFrom(worker.Discriminator.SpectralVectors);
        return worker.Logits(lane, worker.Seen(worker.View(real.Images, moment, ImageOrigin.Real)), real.Labels);
    }

    private void Load(ReplicaLane lane)
    {
        lane.GeneratorState.Statistics.CopyFrom(worker.Generator.Statistics);
        lane.GeneratorState.Counters.CopyFrom(worker.Generator.Counters);
        lane.GeneratorState.SpectralVectors.CopyFrom(worker.Generator.SpectralVectors);
        lane.DiscriminatorState.Statistics.CopyFrom(worker.Discriminator.Statistics);
        lane.DiscriminatorState.Counters.CopyFrom(worker.Discriminator.Counters);
        lane.DiscriminatorState.SpectralVectors.CopyFrom(worker.VectorsForGenerated);
    }

    private void Store(ReplicaLane lane, ReplicaState state, Tensor loss, Tensor? pathLength)
    {
        using var noGrad = no_grad();
        state.Row = worker.Statistics.Rent();
        worker.Row.Generator(state.Row).copy_(lane.GeneratorState.Statistics.Flat);
        worker.Row.Discriminator(state.Row).copy_(lane.DiscriminatorState.Statistics.Flat);
        var reported = worker.Row.Reported(state.Row);
        reported[0] = loss.detach();
        reported[ReplicaRow.PathLength] = pathLength ?? full([], Of(worker.Adaptation.PathLength), reported.dtype, reported.device);
        state.GeneratorCounters!.copy_(lane.GeneratorState.Counters.Flat);
        state.DiscriminatorCounters!.copy_(lane.DiscriminatorState.Counters.Flat);
    }
}

/// <summary>Where images come from.</summary>
public enum ImageOrigin
{
    Generated,
    Real,
}
