namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>One line of the report.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Subject">What was looked at: a word or two.</param>
/// <param name="Text">What was found, and behind it what to do about it.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Text)
{
    public static Finding Good(string subject, string text) => new(FindingLevel.Ok, subject, text);

    public static Finding Odd(string subject, string text, string fix) => new(FindingLevel.Warn, subject, $"{Sentence(text)} {fix}");

    public static Finding Bad(string subject, string text, string fix) => new(FindingLevel.Fail, subject, $"{Sentence(text)} {fix}");

    // Kubernetes' messages have several lines, or end without a full stop.
    private static string Sentence(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ':');
        return line.EndsWith('?') ? line : $"{line}.";
    }
}

/// <summary>How a finding counts.</summary>
internal enum FindingLevel
{
    Ok,

    /// <summary>It works without, or may mend itself.</summary>
    Warn,

    /// <summary>It does not work.</summary>
    Fail,
}
