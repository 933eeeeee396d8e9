namespace ProjectedGan.Specification.Tests;

public class SpecAdviceTests
{
    [Theory]
    [InlineData("", 100)]
    [InlineData("batch=16;replicas=2", 100)]
    [InlineData("optimizer.generatorRate=1e-3;optimizer.discriminatorRate=4e-5", 100)]
    [InlineData("augmentation.color=false;augmentation.translation=false;augmentation.cutout=false", 500)]
    [InlineData("augmentation.color=false;augmentation.translation=false", 100)]
    [InlineData("augmentation.color=false;augmentation.translation=false;augmentation.cutout=false;augmentation.adaptive=geom", 100)]
    [InlineData("generator.kind=stylegan2;discriminator.kind=stylegan2;batch=4;optimizer.generatorRate=2.5e-3;optimizer.discriminatorRate=2.5e-3", 100)]
    public void Of_WhatLearns_IsEmpty(string assignments, int images) => Assert.Empty(SpecAdvice.Of(Spec(assignments), images));

    [Theory]
    [InlineData("batch=14;replicas=2", "batch",
        "batch 14 over replicas 2 leaves 7 images a replica, too few for batch normalisation; use a batch of 16 or more, or at most 1 of replicas.")]
    [InlineData("batch=64;replicas=16", "batch",
        "batch 64 over replicas 16 leaves 4 images a replica, too few for batch normalisation; use a batch of 128 or more, or at most 8 of replicas.")]
    [InlineData("augmentation.color=false;augmentation.translation=false;augmentation.cutout=false", "augmentation",
        "the data set has 499 images and all of augmentation is off: below 500 the discriminators learn them by heart; "
        + "leave color, translation and cutout on.")]
    [InlineData("optimizer.generatorRate=2e-3", "optimizer.generatorRate",
        "optimizer.generatorRate is 0.002, 10 times the paper's 0.0002; use a value from 4E-05 to 0.001.")]
    [InlineData("optimizer.discriminatorRate=2e-5", "optimizer.discriminatorRate",
        "optimizer.discriminatorRate is 2E-05, 10 times below the paper's 0.0002; use a value from 4E-05 to 0.001.")]
    public void Of_WhatLearnsBadly_NamesFieldValueAndRemedy(string assignments, string path, string message)
    {
        var advice = Assert.Single(SpecAdvice.Of(Spec(assignments), images: 499));

        Assert.Equal((path, message), (advice.Path, advice.Message));
    }

    private static TrainingSpec Spec(string assignments) => SpecSchema.With(
        new TrainingSpec(), assignments.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1])));
}
