using Google.Protobuf;

namespace ProjectedGan.Cli.Client;

/// <summary>Messages as JSON, one a line, in protobuf's own mapping.</summary>
internal static class JsonOutput
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static void Write(IMessage message) => Console.WriteLine(Formatter.Format(message));
}
