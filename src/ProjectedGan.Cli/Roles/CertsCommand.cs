using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;

namespace ProjectedGan.Cli.Roles;

/// <summary><c>pgan certs</c>: an authority, a node's and a client's certificate for development.</summary>
internal static class CertsCommand
{
    public static Command Build()
    {
        Argument<string> folder = new("DIR") { Description = "Where the files go; made if it is missing." };
        Option<string[]> hosts = new("--hosts")
        {
            Description = "Names and addresses under which nodes are reached, beside localhost, 127.0.0.1, ::1 and this machine's name.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "NAME",
        };
        Option<string> client = new("--client") { Description = "Name in the client's certificate; the coordinator shows it as the user.", DefaultValueFactory = _ => Environment.UserName };
        Option<int> days = new("--days") { Description = "Days until everything expires.", DefaultValueFactory = _ => 365 };
        ExampleCommand command = new(
            "certs",
            "Makes an authority (ca), a certificate for all nodes (node) and one for a client (client). For development: it replaces what is there, and the authority's key lies beside the others.",
            "certs certs --hosts coordinator.local 10.0.0.5",
            "coordinator --data-dir data --listen https://localhost:7400 --tls-cert certs/node.crt --tls-key certs/node.key --tls-ca certs/ca.crt --tls-require-client",
            "list --coordinator https://localhost:7400 --tls-cert certs/client.crt --tls-key certs/client.key --tls-ca certs/ca.crt")
        {
            folder, hosts, client, days,
        };
        command.Runs((parsed, _) =>
        {
            if (parsed.GetValue(days) is < 1 or > 3650)
            {
                throw new UsageException($"--days is {parsed.GetValue(days)}; it must be from 1 to 3650.");
            }

            var target = parsed.GetValue(folder)!;
            string[] names = [.. new[] { "localhost", "127.0.0.1", "::1", Environment.MachineName }.Concat((parsed.GetValue(hosts) ?? []).SelectMany(host => host.Split(','))).Distinct()];
            var now = TimeProvider.System.GetUtcNow();
            // An hour back: other machines' clocks are not this one's.
            using CertificateMaker maker = new(now.AddHours(-1), now.AddDays(parsed.GetValue(days)));
            CertificateFolder.Write(target, "ca", maker.Authority);
            CertificateFolder.Write(target, "node", maker.MakeNode("pgan node", names));
            CertificateFolder.Write(target, "client", maker.MakeClient(parsed.GetValue(client)!));
            Console.WriteLine($"{Path.GetFullPath(target)}: ca, node and client (.crt, .key), valid for {string.Join(", ", names)} until {now.AddDays(parsed.GetValue(days)):yyyy-MM-dd}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
