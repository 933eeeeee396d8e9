using System.ComponentModel;
using System.Diagnostics;

namespace ProjectedGan.Testing.Prometheus;

/// <summary>Debian's package <c>prometheus</c>, which holds the server and promtool.</summary>
internal static class PrometheusPackage
{
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be run. Install Debian's package prometheus (./pgan test does).", error);
        }
    }
}
