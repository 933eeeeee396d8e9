namespace ProjectedGan.Testing;

/// <summary>Golden cases that nothing runs yet, each with its reason. Everything else must have a test class.</summary>
public static class GoldenExceptions
{
    private const string StyleGan2 = "StyleGAN2 is built by a later issue.";

    /// <summary>The reason why a case is not run, or null where it must run.</summary>
    public static string? ReasonFor(GoldenCase item) => item switch
    {
        { Runner: "stylegan2" } => StyleGan2,
        { Runner: "iteration" } when UsesStyleGan2(item) => StyleGan2,
        _ => null,
    };

    private static bool UsesStyleGan2(GoldenCase item) =>
        GoldenFolder.Open().Module(item.Args.GetProperty("G").GetString()!).Builder == "stylegan2";
}
