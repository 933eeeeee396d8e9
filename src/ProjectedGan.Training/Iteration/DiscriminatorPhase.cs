using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.State;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The discriminators' phase of one replica: they learn from generated and from real images, each by itself or in pairs, in some iterations with a
/// penalty on their gradients.
/// </summary>
/// <remarks>
/// The penalty is on the gradients at the features, which projected discriminators learn from: the frozen network in front of them then needs no
/// backward pass at all, let alone a second one, and its own steepness, which nobody can train away, is not held against them. Others are penalised at
/// the images in front of the augmentation, as their papers have it.
/// The feature network is frozen and in evaluation mode, so that generated and real images pass it together and without a graph. The
/// discriminators see them one after the other, generated first: their batch statistics and singular vectors are per forward pass.
/// </remarks>
internal sealed class DiscriminatorPhase(TrainingState worker)
{
    public void Run(ReplicaLane lane, int replica, long iteration, RealBatch real)
    {
        using var scope = NewDisposeScope();
        var moment = new ReplicaMoment(iteration, RandomPhase.Discriminator, replica);
        var state = worker.Replica(replica);
        Load(lane, state);
        lane.DiscriminatorState.RequireGradients(true);
        lane.DiscriminatorGradients.Begin(replica);

        var (fakes, fakeLabels) = Fakes(lane, moment, state, real);
        var maps = Maps(fakes, real.Images, moment);
        var count = fakes.shape[0];
        var seenFakes = new Seen([.. maps.Select(map => map.narrow(0, 0, count))], fakeLabels, worker.VectorsForGenerated, ImageOrigin.Generated);
        var seenReals = new Seen([.. maps.Select(map => map.narrow(0, count, real.Images.shape[0]))], real.Labels, worker.Discriminator.SpectralVectors, ImageOrigin.Real);
        var (fakeLoss, realLoss, fakeLogits, realLogits) = IsPairing ? LearnFromPairs(lane, moment, seenFakes, seenReals) : LearnFromEach(lane, moment, seenFakes, seenReals);
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

    private Tensor[] Maps(Tensor fakes, Tensor reals, ReplicaMoment moment)
    {
        using var measured = worker.Timings.Measure(IterationPart.DiscriminatorFeatures);
        using var noGrad = no_grad();
        return worker.Seen(cat([worker.View(fakes, moment, ImageOrigin.Generated), worker.View(reals, moment, ImageOrigin.Real)], 0));
    }

    private Learned LearnFromEach(ReplicaLane lane, ReplicaMoment moment, Seen fakes, Seen reals)
    {
        var (fakeLoss, fakeLogits) = Learn(lane, moment, fakes, penalty: 0);
        var (realLoss, realLogits) = Learn(lane, moment, reals, worker.Spec.Loss.PenaltyAt(moment.Iteration));
        return new Learned(fakeLoss, realLoss, fakeLogits, realLogits);
    }

    private (Tensor Loss, Tensor Logits) Learn(ReplicaLane lane, ReplicaMoment moment, Seen seen, double penalty)
    {
        Tensor logits, loss;
        Tensor[] variances = penalty > 0 ? [.. seen.Maps.Select(GradientPenalty.Variance)] : [];
        using (worker.Timings.Measure(IterationPart.DiscriminatorForward))
        {
            using var taps = lane.DiscriminatorGradients.Tap(last: seen.IsReal);
            using var twice = Penalise(penalty, seen);
            (logits, var decoded) = Judge(lane, moment, seen);
            loss = (worker.Spec.Loss.Kind, seen.IsReal) switch
            {
                (LossKind.Hinge, false) => HingeLoss.Generated(logits),
                (LossKind.Hinge, true) => HingeLoss.Real(logits),
                (_, false) => NonSaturatingLoss.Generated(logits),
                (_, true) => NonSaturatingLoss.Real(logits),
            };
            loss = decoded is null ? loss : loss.Plus(decoded);
        }
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            loss = penalty > 0 ? loss.Plus(Penalty(moment, logits, seen, variances).mul(Of(penalty / 2))) : loss;
            loss.backward();
        }
        return (loss.detach(), logits.detach());
    }

    private Learned LearnFromPairs(ReplicaLane lane, ReplicaMoment moment, Seen fakes, Seen reals)
    {
        Tensor fakeLogits, realLogits, half;
        Tensor? decoded;
        var penalty = worker.Spec.Loss.PenaltyAt(moment.Iteration);
        Tensor[] variances = penalty > 0 ? [.. reals.Maps.Select(GradientPenalty.Variance)] : [];
        using (worker.Timings.Measure(IterationPart.DiscriminatorForward))
        {
            using var taps = lane.DiscriminatorGradients.Tap(last: true);
            using var twice = Penalise(penalty, fakes, reals);
            (fakeLogits, _) = Judge(lane, moment, fakes);
            (realLogits, decoded) = Judge(lane, moment, reals);
            half = RelativisticLoss.Discriminator(fakeLogits, realLogits).mul(Of(0.5));
        }
        using (worker.Timings.Measure(IterationPart.DiscriminatorBackward))
        {
            Tensor Penalised(Tensor loss, Tensor logits, Seen seen) => penalty > 0
                ? loss.Plus(Penalty(moment, logits, seen, variances).mul(Of(penalty / 2)))
                : loss;
            var fakeLoss = Penalised(half, fakeLogits, fakes);
            var realLoss = Penalised(decoded is null ? half : half.Plus(decoded), realLogits, reals);
            fakeLoss.Plus(realLoss).backward();
            return new Learned(fakeLoss.detach(), realLoss.detach(), fakeLogits.detach(), realLogits.detach());
        }
    }

    private Tensor Penalty(ReplicaMoment moment, Tensor logits, Seen seen, Tensor[] variances) => GradientPenalty.Of(
        logits, seen.Maps, variances,
        worker.Spec.Discriminator.Kind == DiscriminatorKind.Projected ? null : images => worker.View(images, moment, seen.Origin));

    private static IDisposable? Penalise(double penalty, params Seen[] seen)
    {
        if (penalty <= 0)
        {
            return null;
        }
        foreach (var map in seen.SelectMany(kind => kind.Maps))
        {
            map.requires_grad_();
        }
        return Convolutions.DifferentiateTwice();
    }

    // Logits, and of real images what their decoding adds to the loss.
    private (Tensor Logits, Tensor? Decoded) Judge(ReplicaLane lane, ReplicaMoment moment, Seen seen)
    {
        lane.DiscriminatorState.SpectralVectors.CopyFrom(seen.Vectors);
        if (!seen.IsReal || lane.Discriminator is not FastGanDiscriminator fastGan || worker.Spec.Loss.Reconstruction <= 0)
        {
            return (worker.Logits(lane, seen.Maps, seen.Labels), null);
        }
        var (logits, distance) = worker.Decode(fastGan, seen.Maps[0], moment);
        return (logits, distance.mul(Of(worker.Spec.Loss.Reconstruction)));
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
        reported.narrow(0, ReplicaRow.FirstOfDiscriminators, figures.Length).copy_(stack(figures, 0));
        // Averaged like the others, it tells every worker of how many replicas it is true.
        reported.narrow(0, ReplicaRow.Lost, 1).copy_(reported.narrow(0, 0, ReplicaRow.Losses).isfinite().all().logical_not().reshape(1));
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
    private sealed record Seen(Tensor[] Maps, Tensor? Labels, FlatGroup Vectors, ImageOrigin Origin)
    {
        public bool IsReal => Origin == ImageOrigin.Real;
    }

    /// <summary>Losses and logits without a graph.</summary>
    private sealed record Learned(Tensor FakeLoss, Tensor RealLoss, Tensor FakeLogits, Tensor RealLogits);

    private static Tensor Share(Tensor condition) => condition.to_type(ScalarType.Float32).mean();
}
