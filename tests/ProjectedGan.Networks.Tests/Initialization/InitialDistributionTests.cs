using System.Text.Json;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Initialization;

/// <summary>
/// Fresh weights are drawn as PyTorch draws them, which is what the reference trains from: mean, spread and bounds of every parameter over several
/// seeds, beside the same networks of PyTorch's own layers.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class InitialDistributionTests
{
    private const int Seeds = 12;

    // Both sides are samples: differences of this many standard errors do not happen in the few hundred comparisons here.
    private const double StandardErrors = 6;

    // A uniform distribution ends within 1.74 standard deviations of its mean, and of n draws the greatest lies 1 / n of the range below the end.
    private const double UniformEnd = 1.74;

    [Theory]
    [InlineData(64, true, 0)]
    [InlineData(128, false, 0)]
    [InlineData(128, true, 7)]
    [InlineData(128, false, 7)]
    public void Generator_Fresh_IsDrawnAsPyTorchDraws(int resolution, bool lite, int classes)
    {
        var arguments = new { img_resolution = resolution, lite, ngf = 8, z_dim = 48, cond = classes > 0, num_classes = classes };
        var options = new FastGanOptions { Resolution = resolution, Lite = lite, Width = 8, LatentSize = 48, Classes = classes };
        Compare("fastgan", arguments, initial => new FastGan(options, initial));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Discriminator_Fresh_IsDrawnAsPyTorchDraws(bool separable, bool conditional)
    {
        int[] channels = [16, 16, 32, 64];
        int[] resolutions = [128, 64, 32, 16];
        var arguments = new { channels, resolutions, num_discs = 4, separable, cond = conditional, width = 0.25 };
        var options = new MultiScaleDiscriminatorOptions
        {
            Channels = channels,
            Resolutions = resolutions,
            Separable = separable,
            WidthFactor = 0.25,
            // The reference's table of classes has this many rows whatever the data.
            Classes = conditional ? 1000 : 0,
        };
        Compare("multiscaled", arguments, initial => new MultiScaleDiscriminator(options, initial));
    }

    private static void Compare(string builder, object arguments, Func<InitialWeights, nn.Module> create)
    {
        var theirs = JsonSerializer.Deserialize<Dictionary<string, Statistics>>(
            PyTorchPeer.Run("initial_distributions.py", $"{Seeds}", builder, JsonSerializer.Serialize(arguments)), JsonSerializerOptions.Web)!;
        var ours = Draw(create);

        Assert.Equal(theirs.Keys.Order(), ours.Keys.Order());
        var differences = theirs.SelectMany(parameter => Differences(parameter.Key, ours[parameter.Key], parameter.Value)).ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static Dictionary<string, Statistics> Draw(Func<InitialWeights, nn.Module> create)
    {
        var values = new Dictionary<string, List<float>>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var random = new Generator((ulong)seed);
            using var network = create(new InitialWeights(random));
            foreach (var (name, parameter) in network.named_parameters())
            {
                if (!values.TryGetValue(name, out var drawn))
                {
                    values[name] = drawn = [];
                }
                drawn.AddRange(parameter.data<float>());
            }
        }
        return values.ToDictionary(parameter => parameter.Key, parameter => Statistics.Of(parameter.Value));
    }

    private static IEnumerable<string> Differences(string name, Statistics ours, Statistics theirs)
    {
        var error = StandardErrors * theirs.Deviation / Math.Sqrt(theirs.Count);
        if (ours.Count != theirs.Count)
        {
            yield return $"{name}: {ours.Count} values, PyTorch {theirs.Count}";
        }
        if (Math.Abs(ours.Mean - theirs.Mean) > Math.Sqrt(2) * error)
        {
            yield return $"{name}: mean {ours.Mean:G4}, PyTorch {theirs.Mean:G4}";
        }
        // The deviation's standard error is that of a normal sample; a uniform one's is smaller.
        if (Math.Abs(ours.Deviation - theirs.Deviation) > error)
        {
            yield return $"{name}: standard deviation {ours.Deviation:G4}, PyTorch {theirs.Deviation:G4}";
        }
        var isUniform = theirs.Most < theirs.Mean + UniformEnd * theirs.Deviation;
        var reach = isUniform ? (theirs.Most - theirs.Least) * 12 / theirs.Count : 2 * theirs.Deviation;
        if (Math.Abs(ours.Least - theirs.Least) > reach || Math.Abs(ours.Most - theirs.Most) > reach)
        {
            yield return $"{name}: from {ours.Least:G4} to {ours.Most:G4}, PyTorch from {theirs.Least:G4} to {theirs.Most:G4}";
        }
    }

    private sealed record Statistics(int Count, double Mean, double Deviation, double Least, double Most)
    {
        public static Statistics Of(List<float> values)
        {
            var mean = values.Average(value => (double)value);
            return new(values.Count, mean, Math.Sqrt(values.Average(value => Math.Pow(value - mean, 2))), values.Min(), values.Max());
        }
    }
}
