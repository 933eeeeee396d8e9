namespace ProjectedGan.Specification.Tests;

public class SpecHashTests
{
    private static readonly TrainingSpec Defaults = new();

    [Fact]
    public void Compute_EverySettingThatDeterminesTheResult_ChangesTheHash()
    {
        foreach (var field in SpecSchema.Fields)
        {
            var changed = SpecSchema.With(Defaults, [KeyValuePair.Create(field.Path, OtherValue(field))]);
            Assert.Equal(field.DeterminesResult, SpecHash.Compute(changed) != SpecHash.Compute(Defaults));
            Assert.Single(SpecSchema.Differences(Defaults, changed, onlyResult: false));
        }
    }

    [Fact]
    public void Compute_Defaults_PinnedSoThatOldCheckpointsStayUsable() =>
        Assert.Equal("ef643061782044150298069e4af4139a27f83a417b7ee0a6a5eae1e7d9ab5910", SpecHash.Compute(Defaults));

    [Fact]
    public void CanonicalJson_Defaults_SortedWithShortestNumbers()
    {
        var json = SpecHash.CanonicalJson(Defaults);

        Assert.StartsWith("{\"augmentation.color\":true,\"augmentation.cutout\":true,", json, StringComparison.Ordinal);
        Assert.Contains("\"optimizer.epsilon\":1E-08,", json, StringComparison.Ordinal);
        Assert.DoesNotContain("schedule", json, StringComparison.Ordinal);
    }

    private static string OtherValue(SpecField field) => field switch
    {
        _ when field.Type == typeof(bool) => field.Text(Defaults) == "true" ? "false" : "true",
        _ when field.Type == typeof(string) => "other",
        _ when field.Type.IsEnum => field.Expectation["one of ".Length..].Split(", ").First(name => name != field.Text(Defaults)),
        _ => "17",
    };
}
