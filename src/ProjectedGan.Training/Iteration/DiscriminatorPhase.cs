using ProjectedGan.Torch;
using ProjectedGan.Training.Specification;
using ProjectedGan.Training.State;
using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The discriminators' phase of one replica: they learn from mean(max(0, 1 + D(G(z)))) + mean(max(0, 1 − D(x))), or from pairs of both kinds
/// with a penalty on their gradients.
/// </summary>
/// <remarks>
/// The penalty is on the gradients at the features, which the discriminators learn from: the frozen network in front of them then needs no
/// backward pass at all, let alone a second one, and its own steepness, which nobody can train away, is not held against them.
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

        var (fakes, fakeLabels) = Fakes(lane, moment, state, real);
        var features = Features(fakes, real.Images, moment);
        var count = fakes.shape[0];
        var seenFakes = new Seen([.. features.Select(map => map.narrow(0, 0, count))], fakeLabels, worker.VectorsForGenerated);
        var seenReals = new Seen([.. features.Select(map => map.narrow(0, count, real.Images.shape[0]))], real.Labels, worker.Discriminator.SpectralVectors);
        var (fakeLoss, realLoss, fakeLogits, realLogits) = IsPairing ? LearnFromPairs(lane, seenFakes, seenReals) : LearnFromEach(lane, seenFakes, seenReals);
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            state.ReplaceProbe(TrainingPhase.Discriminator, lane.DiscriminatorGradients.Finish());
        }
        var (fakeRight, realRight) = IsPairing
            ? (fakeLogits.lt(realLogits), realLogits.gt(fakeLogits))
            : (fakeLogits.lt(Of(0.0)), realLogits.gt(Of(0.0)));
        Report(fakeLoss, realLoss, fakeLogits, realLogits);
        Store(lane, replica, state, [fakeLoss, realLoss, Share(fakeRight), Share(realRight)]);
    }

    private bool IsPairing => worker.Spec.Loss.Kind == LossKind.Relativistic;

    private (Tensor Images, Tensor? Labels) Fakes(ReplicaLane lane, ReplicaMoment moment, ReplicaState state, RealBatch real)
    {
        using var measured = worker.Timings.Measure(IterationPart.DiscriminatorFakes);
        if (state.Fakes is { } shared)
        {
            return (shared, state.FakeLabels);
        }
        using var noGrad = no_grad();
        lane.GeneratorState.SpectralVectors.CopyFrom(worker.Generator.SpectralVectors);
        return worker.Generate(lane, moment, IsPairing ? real : null);
    }

    private Tensor[] Features(Tensor fakes, Tensor reals, ReplicaMoment moment)
    {
        using var measured = worker.Timings.Measure(IterationPart.DiscriminatorFeatures);
        using var noGrad = no_grad();
        var seen = worker.ImagesSeen(moment.Iteration);
        var fakeView = worker.View.Of(fakes, seen, () => worker.Randomness.Augmentation(moment, ImageOrigin.Generated));
        var realView = worker.View.Of(reals, seen, () => worker.Randomness.Augmentation(moment, ImageOrigin.Real));
        return worker.Project(cat([fakeView, realView], 0))[..worker.Spec.Discriminator.Count];
    }

    private Learned LearnFromEach(ReplicaLane lane, Seen fakes, Seen reals)
    {
        var (fakeLoss, fakeLogits) = Learn(lane, fakes, HingeLoss.Generated, last: false);
        var (realLoss, realLogits) = Learn(lane, reals, HingeLoss.Real, last: true);
        return new Learned(fakeLoss, realLoss, fakeLogits, realLogits);
    }

    private (Tensor Loss, Tensor Logits) Learn(ReplicaLane lane, Seen seen, Func<Tensor, Tensor> hinge, bool last)
    {
        Tensor logits, loss;
        using (worker.Timings.Measure(IterationPart.DiscriminatorForward))
        {
            using var taps = lane.DiscriminatorGradients.Tap(last);
            logits = Logits(lane, seen);
            loss = hinge(logits);
        }
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            loss.backward();
        }
        return (loss.detach(), logits.detach());
    }

    private Learned LearnFromPairs(ReplicaLane lane, Seen fakes, Seen reals)
    {
        Tensor fakeLogits, realLogits, half;
        var isPenalised = worker.Spec.Loss.GradientPenalty > 0;
        Tensor[] variances = isPenalised ? [.. reals.Maps.Select(RelativisticLoss.Variance)] : [];
        using (worker.Timings.Measure(IterationPart.DiscriminatorForward))
        {
            using var taps = lane.DiscriminatorGradients.Tap(last: true);
            using var twice = worker.DifferentiateTwice();
            foreach (var map in isPenalised ? fakes.Maps.Concat(reals.Maps) : [])
            {
                map.requires_grad_();
            }
            (fakeLogits, realLogits) = (Logits(lane, fakes), Logits(lane, reals));
            half = RelativisticLoss.Discriminator(fakeLogits, realLogits).mul(Of(0.5));
        }
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            Tensor Penalised(Tensor logits, Seen seen) => isPenalised
                ? half.Plus(RelativisticLoss.Penalty(logits, seen.Maps, variances).mul(Of(worker.Spec.Loss.GradientPenalty / 2)))
                : half;
            var (fakeLoss, realLoss) = (Penalised(fakeLogits, fakes), Penalised(realLogits, reals));
            fakeLoss.Plus(realLoss).backward();
            return new Learned(fakeLoss.detach(), realLoss.detach(), fakeLogits.detach(), realLogits.detach());
        }
    }

    private Tensor Logits(ReplicaLane lane, Seen seen)
    {
        lane.DiscriminatorState.SpectralVectors.CopyFrom(seen.Vectors);
        return worker.Logits(lane, seen.Maps, seen.Labels);
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

    /// <summary>What the discriminators get to see of one kind of image, and the singular vectors with which they look.</summary>
    private sealed record Seen(Tensor[] Maps, Tensor? Labels, FlatGroup Vectors);

    /// <summary>Losses and logits without a graph.</summary>
    private sealed record Learned(Tensor FakeLoss, Tensor RealLoss, Tensor FakeLogits, Tensor RealLogits);

    private static Tensor Share(Tensor condition) => condition.to_type(ScalarType.Float32).mean();
}
