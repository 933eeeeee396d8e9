using Mono.Cecil;
using Mono.Cecil.Cil;
using ProjectedGan.Tensors;
using TorchSharp;

namespace ProjectedGan.Cli.Tests.Architecture;

/// <summary>Holds the product to <see cref="Scalars"/>: no number reaches libtorch that a garbage collection may free meanwhile.</summary>
public class ScalarTests
{
    private static readonly string Torch = typeof(Scalar).Assembly.Location;

    [Fact]
    public void Product_Numbers_OutliveTheCall()
    {
        var unowned = Unowned(Torch);
        Assert.Contains(unowned, method => method.Contains("::add_(TorchSharp.torch/Tensor)", StringComparison.Ordinal));
        var assemblies = Directory.GetFiles(Path.GetDirectoryName(Torch)!, "ProjectedGan.*.dll");
        var product = assemblies.Where(file => !file.EndsWith("Tests.dll", StringComparison.Ordinal) && !file.EndsWith("Testing.dll", StringComparison.Ordinal))
            .Append(Path.Combine(Path.GetDirectoryName(Torch)!, "pgan.dll"));
        string[] found = [.. product.SelectMany(Methods).Where(method => method.DeclaringType.Name != nameof(Scalars))
            .SelectMany(method => Calls(method).Where(call => unowned.Contains(Name(call)) || MakesScalar(call)).Select(call => $"{method.FullName} calls {Name(call)}"))];
        Assert.True(found.Length == 0, $"A number goes to libtorch by an address that the finalizer may free (see {nameof(Scalars)}):\n{string.Join('\n', found)}");
    }

    // TorchSharp's methods that make a scalar and keep it nowhere, and what calls them.
    private static HashSet<string> Unowned(string assembly)
    {
        var callers = Methods(assembly).Where(method => method.DeclaringType.Name is not (nameof(Scalar) or nameof(ScalarExtensionMethods)))
            .SelectMany(method => Calls(method).Select(call => (Callee: Name(call), Caller: Name(method))))
            .ToLookup(pair => pair.Callee, pair => pair.Caller);
        HashSet<string> found = [];
        Queue<string> open = new(callers.Select(callee => callee.Key).Where(name => name.StartsWith("TorchSharp.Scalar TorchSharp.Scalar", StringComparison.Ordinal)));
        while (open.TryDequeue(out var method))
        {
            foreach (var caller in callers[method].Where(found.Add))
                open.Enqueue(caller);
        }
        return found;
    }

    private static bool MakesScalar(MethodReference method) => method is { ReturnType.Name: nameof(Scalar), DeclaringType.Name: nameof(Scalar) or nameof(ScalarExtensionMethods) };

    // Without the scalars of a `using`: stored in a local variable at once, in a method that disposes something.
    private static IEnumerable<MethodReference> Calls(MethodDefinition method)
    {
        var disposes = method.Body.Instructions.Any(instruction => instruction.Operand is MethodReference { Name: nameof(IDisposable.Dispose) });
        return method.Body.Instructions
            .Where(instruction => instruction.Operand is MethodReference called
                && !(disposes && MakesScalar(called) && instruction.Next.OpCode.Code is (>= Code.Stloc_0 and <= Code.Stloc_3) or Code.Stloc_S))
            .Select(instruction => (MethodReference)instruction.Operand);
    }

    private static IEnumerable<MethodDefinition> Methods(string assembly) => ModuleDefinition.ReadModule(assembly).GetTypes()
        .SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static string Name(MethodReference method) => method.GetElementMethod().FullName;
}
