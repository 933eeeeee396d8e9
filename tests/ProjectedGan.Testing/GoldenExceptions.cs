namespace ProjectedGan.Testing;

/// <summary>Golden cases that nothing runs yet, each with its reason; they show as skipped tests. Everything else must have a test class.</summary>
public static class GoldenExceptions
{
    private const string StyleGan2 = "StyleGAN2 is built by a later issue.";

    /// <summary>The reason why a case is not run, or null where it must run.</summary>
    public static string? ReasonFor(GoldenFolder folder, GoldenCase item) => item switch
    {
        { Runner: "iteration" } when folder.Module(item.Args.GetProperty("G").GetString()!).Builder == "stylegan2" => StyleGan2,
        _ => null,
    };
}
