using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The discriminators' phase of one replica: they learn from mean(max(0, 1 + D(G(z)))) + mean(max(0, 1 − D(x))).
/// </summary>
/// <remarks>
/// The feature network is frozen and in evaluation mode, so that generated and real images pass it together and without a graph. The
/// discriminators see them one after the other, generated first: their batch statistics and singular vectors are per forward pass.
/// </remarks>
internal sealed class DiscriminatorPhase(WorkerState worker)
{
    public void Run(ReplicaLane lane, int replica, long iteration, RealBatch real)
    {
        using var scope = NewDisposeScope();
        var moment = new ReplicaMoment(iteration, TrainingPhase.Discriminator, replica);
        var state = worker.Replica(replica);
        Load(lane, state);
        lane.DiscriminatorState.RequireGradients(true);
        lane.DiscriminatorGradients.Begin(replica);

        var (fakes, fakeLabels) = Fakes(lane, moment, state);
        var features = Features(fakes, real.Images, moment);
        var count = fakes.shape[0];
        var figures = new Tensor[4];

        lane.DiscriminatorState.SpectralVectors.CopyFrom(worker.VectorsForGenerated);
        var (fakeLoss, fakeLogits) = Learn(lane, [.. features.Select(map => map.narrow(0, 0, count))], fakeLabels, HingeLoss.Generated, last: false);
        lane.DiscriminatorState.SpectralVectors.CopyFrom(worker.Discriminator.SpectralVectors);
        var (realLoss, realLogits) = Learn(lane, [.. features.Select(map => map.narrow(0, count, real.Images.shape[0]))], real.Labels, HingeLoss.Real, last: true);
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            state.ReplaceProbe(TrainingPhase.Discriminator, lane.DiscriminatorGradients.Finish());
        }
        (figures[0], figures[1]) = (fakeLoss, realLoss);
        (figures[2], figures[3]) = (Share(fakeLogits.lt(Of(0.0))), Share(realLogits.gt(Of(0.0))));
        Report(fakeLoss, realLoss, fakeLogits, realLogits);
        Store(lane, replica, state, figures);
    }

    private (Tensor Images, Tensor? Labels) Fakes(ReplicaLane lane, ReplicaMoment moment, ReplicaState state)
    {
        using var measured = worker.Timings.Measure(IterationPart.DiscriminatorFakes);
        if (state.Fakes is { } shared)
        {
            return (shared, state.FakeLabels);
        }
        using var noGrad = no_grad();
        lane.GeneratorState.SpectralVectors.CopyFrom(worker.Generator.SpectralVectors);
        return worker.Generate(lane, moment);
    }

    private Tensor[] Features(Tensor fakes, Tensor reals, ReplicaMoment moment)
    {
        using var measured = worker.Timings.Measure(IterationPart.DiscriminatorFeatures);
        using var noGrad = no_grad();
        var seen = worker.ImagesSeen(moment.Iteration);
        var fakeView = worker.View.Of(fakes, seen, () => worker.Randomness.Augmentation(moment, ImageOrigin.Generated));
        var realView = worker.View.Of(reals, seen, () => worker.Randomness.Augmentation(moment, ImageOrigin.Real));
        return worker.Project(cat([fakeView, realView], 0));
    }

    private (Tensor Loss, Tensor Logits) Learn(ReplicaLane lane, Tensor[] features, Tensor? labels, Func<Tensor, Tensor> hinge, bool last)
    {
        Tensor logits, loss;
        using (worker.Timings.Measure(IterationPart.DiscriminatorForward))
        {
            using var taps = lane.DiscriminatorGradients.Tap(last);
            logits = worker.Logits(lane, features, labels);
            loss = hinge(logits);
        }
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            loss.backward();
        }
        return (loss.detach(), logits.detach());
    }

    private void Load(ReplicaLane lane, ReplicaState state)
    {
        lane.GeneratorState.Statistics.CopyFrom(worker.Row.Generator(state.Row!));
        lane.GeneratorState.Counters.CopyFrom(state.GeneratorCounters!);
        lane.DiscriminatorState.Statistics.CopyFrom(worker.Row.Discriminator(state.Row!));
        lane.DiscriminatorState.Counters.CopyFrom(state.DiscriminatorCounters!);
    }

    private void Store(ReplicaLane lane, int replica, ReplicaState state, Tensor[] figures)
    {
        using var noGrad = no_grad();
        var row = state.Row!;
        worker.Row.Generator(row).copy_(lane.GeneratorState.Statistics.Flat);
        worker.Row.Discriminator(row).copy_(lane.DiscriminatorState.Statistics.Flat);
        var reported = worker.Row.Reported(row);
        reported.narrow(0, ReplicaRow.GeneratorFigures, figures.Length).copy_(stack(figures, 0));
        // Averaged like the others, it tells every worker of how many replicas it is true.
        reported.narrow(0, ReplicaRow.Figures - 1, 1).copy_(reported.narrow(0, 0, ReplicaRow.Losses).isfinite().all().logical_not().reshape(1));
        state.GeneratorCounters!.copy_(lane.GeneratorState.Counters.Flat);
        state.DiscriminatorCounters!.copy_(lane.DiscriminatorState.Counters.Flat);
        state.Row = null;
        state.DropFakes();
        worker.Statistics.Add(replica, row);
    }

    private void Report(Tensor fakeLoss, Tensor realLoss, Tensor fakeLogits, Tensor realLogits)
    {
        worker.Probe?.Tensor("D/fake_logits", fakeLogits);
        worker.Probe?.Tensor("D/real_logits", realLogits);
        worker.Probe?.Tensor("D/loss_fake", fakeLoss);
        worker.Probe?.Tensor("D/loss_real", realLoss);
    }

    private static Tensor Share(Tensor condition) => condition.to_type(ScalarType.Float32).mean();
}
