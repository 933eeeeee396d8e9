using ProjectedGan.Testing;
using ProjectedGan.Training.Augmentation;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests;

public class GaussianBlurGoldenTests
{
    [Theory]
    [GoldenCases("blur")]
    [GoldenGaps("blur")]
    public void Apply_Sigma_EqualsTheReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        var run = new GoldenRun(id, precision);
        var sigma = run.Case.Args.GetProperty("sigma").GetDouble();
        var images = run.Input("input:x").requires_grad_();

        var result = GaussianBlur.Apply(images, sigma);
        var loss = (result * run.Input("input:w")).sum();
        loss.backward();

        if (run.OutputsUnder("filter").Any())
            run.Compare("filter", GaussianBlur.Taps(sigma));
        run.Compare("out", result);
        run.Compare("loss", loss);
        run.Compare("grad/input:x", images.grad!);
        run.Finish();
    }

    [Theory]
    [GoldenCases("blur")]
    [GoldenGaps("blur")]
    public void SigmaAt_ScheduleExamples_EqualsTheReference(string id, GoldenPrecision precision)
    {
        var examples = new GoldenRun(id, precision).Case.Meta.GetProperty("schedule_examples").EnumerateArray().ToArray();
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            var schedule = new BlurSchedule(
                example.GetProperty("blur_init_sigma").GetDouble(), (long)(example.GetProperty("blur_fade_kimg").GetDouble() * 1000));
            Assert.Equal(example.GetProperty("blur_sigma").GetDouble(), schedule.SigmaAt(example.GetProperty("cur_nimg").GetInt64()), 1e-12);
        }
    }
}
