using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Logs of a role: one line an event on standard error. Standard output belongs to what scripts read.</summary>
public static class NodeLogging
{
    public static ILoggingBuilder AddTo(ILoggingBuilder logging, LogLevel level)
    {
        logging.ClearProviders().SetMinimumLevel(level);
        // The framework reports every connection and request at Information.
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
        // So does Orleans of its silos; who asks for debugging asks for it too.
        var silos = level < LogLevel.Information ? level : (LogLevel)Math.Max((int)level, (int)LogLevel.Warning);
        logging.AddFilter("Orleans", silos).AddFilter("Polly", silos);
        if (silos == LogLevel.Warning)
        {
            // At each start: that the server's garbage collector is off, as it should be, and that a check has not run since the machine started.
            logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        }

        // What services fail at is logged by ErrorInterceptor; what is left here is callers' damaged messages, no errors of this node.
        logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return logging;
    }
}
