namespace ProjectedGan.Specification.Tests;

public class TrainingSpecValidatorTests
{
    [Fact]
    public void Validate_Defaults_NoProblems() => Assert.Empty(TrainingSpecValidator.Validate(new TrainingSpec()));

    [Theory]
    [InlineData("batch=30;replicas=4", "batch", "batch 30 is not divisible by replicas 4; use a batch of 28 or 32.")]
    [InlineData("batch=2;replicas=4", "batch", "batch 2 is not divisible by replicas 4; use a batch of 4.")]
    [InlineData("data.resolution=96", "data.resolution", "data.resolution is 96, no power of two; use 64 or 128.")]
    [InlineData("data.resolution=32", "data.resolution", "data.resolution is 32; it must be from 64 to 1024.")]
    [InlineData("features.inputSize=100", "features.inputSize",
        "features.inputSize is 100; it must be a multiple of 32 from 128 to 1024, or 0 for the reference's rule; 128 is the nearest.")]
    [InlineData("evaluation.samples=2147483647", "evaluation.samples", "evaluation.samples is 2147483647; it must be from 2 to 1000000.")]
    [InlineData("reduction.bucketBytes=9223372036854775807", "reduction.bucketBytes",
        "reduction.bucketBytes is 9223372036854775807; it must be from 4096 to 1073741824.")]
    [InlineData("totalImages=9223372036854775807", "totalImages", "totalImages is 9223372036854775807; it must be from 1 to 1125899906842624.")]
    [InlineData("schedule.snapshotImages=9223372036854775807", "schedule.snapshotImages",
        "schedule.snapshotImages is 9223372036854775807; it must be from 0 to 1125899906842624.")]
    [InlineData("data.path=a\0b", "data.path", "data.path is 'a\uFFFDb', with the control character 0; take it out.")]
    [InlineData("features.weights=a\nb", "features.weights", "features.weights is 'a\uFFFDb', with the control character 10; take it out.")]
    [InlineData("seed=-1", "seed", "seed is -1; it must be 0 or more.")]
    [InlineData("optimizer.beta2=1", "optimizer.beta2", "optimizer.beta2 is 1; it must be 0 or more and below 1.")]
    [InlineData("optimizer.generatorRate=0", "optimizer.generatorRate", "optimizer.generatorRate is 0; it must be above 0 and at most 1.")]
    [InlineData("discriminator.widthFactor=nan", "discriminator.widthFactor", "discriminator.widthFactor is NaN; it must be from 0.001 to 4.")]
    [InlineData("generator.conditional=true", "generator.conditional",
        "generator.conditional is true although data.classes is 0; set data.classes to the number of classes in dataset.json, "
        + "or generator.conditional to false.")]
    [InlineData("loss.kind=relativistic;loss.gradientPenalty=-1", "loss.gradientPenalty", "loss.gradientPenalty is -1; it must be from 0 to 1000.")]
    [InlineData("loss.gradientPenalty=0.5", "loss.gradientPenalty",
        "loss.gradientPenalty is 0.5 although loss.kind is hinge, which has no penalty; set loss.kind to relativistic or non_saturating, or leave loss.gradientPenalty out.")]
    [InlineData("loss.kind=relativistic;execution.precision=bfloat16", "execution.precision",
        "execution.precision is bfloat16, in which gradient penalties are not computed; use float32, or set loss.gradientPenalty to 0.")]
    [InlineData("loss.pathLength=2", "loss.pathLength",
        "loss.pathLength is 2 although generator.kind is fastgan, which has no styles; set generator.kind to stylegan2 or hybrid, or loss.pathLength to 0.")]
    [InlineData("generator.styleMixing=0.5", "generator.styleMixing",
        "generator.styleMixing is 0.5 although generator.kind is fastgan, which has no styles; set generator.kind to stylegan2 or hybrid, or generator.styleMixing to 0.")]
    [InlineData("generator.kind=hybrid;loss.pathLength=2;execution.precision=bfloat16", "execution.precision",
        "execution.precision is bfloat16, in which path lengths are not regularised; use float32, or set loss.pathLength to 0.")]
    [InlineData("loss.penaltyInterval=0", "loss.penaltyInterval", "loss.penaltyInterval is 0; it must be from 1 to 1024.")]
    [InlineData("discriminator.kind=fastgan;discriminator.conditional=true;data.classes=3", "discriminator.conditional",
        "discriminator.conditional is true although discriminator.kind is fastgan, which takes no labels; "
        + "set it to false, or discriminator.kind to projected or stylegan2.")]
    [InlineData("augmentation.adaptive=geom", "augmentation.adaptive",
        "augmentation.adaptive is 'geom' although augmentation.color, translation or cutout is true; set these to false, or augmentation.adaptive to none.")]
    [InlineData("augmentation.adaptive=bgc;augmentation.color=false;augmentation.translation=false;augmentation.cutout=false", "augmentation.adaptive",
        "augmentation.adaptive: Adaptive augmentation 'bgc' has the unknown group 'bgc'; use blit, geom, color, filter, noise, cutout, separated by commas, or none.")]
    [InlineData("augmentation.probability=0.5", "augmentation.probability",
        "augmentation.probability is 0.5 although augmentation.adaptive is none; set augmentation.adaptive, for example to blit,geom,color, or leave the probability out.")]
    [InlineData("blur.initialSigma=2", "blur.fadeImages",
        "blur.fadeImages is 0 although blur.initialSigma is 2; give the number of images after which the blur is gone, "
        + "or set blur.initialSigma to 0.")]
    public void Validate_WrongValues_NameFieldValueAndRemedy(string assignments, string path, string message)
    {
        var spec = SpecSchema.With(new TrainingSpec(), assignments.Split(';').Select(pair => KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1])));

        var problem = Assert.Single(TrainingSpecValidator.Validate(spec));

        Assert.Equal((path, message), (problem.Path, problem.Message));
    }

    [Fact]
    public void ThrowIfInvalid_SeveralProblems_ListsAll()
    {
        var spec = new TrainingSpec { Batch = 30, Replicas = 4, Data = new DataSpec { Resolution = 100 } };

        var error = Assert.Throws<SpecException>(() => TrainingSpecValidator.ThrowIfInvalid(spec));

        Assert.Equal(2, error.Problems.Count);
        Assert.All(error.Problems, problem => Assert.Contains(problem.Message, error.Message));
    }
}
