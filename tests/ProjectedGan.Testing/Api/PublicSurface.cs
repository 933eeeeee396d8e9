using System.Reflection;
using System.Runtime.CompilerServices;

namespace ProjectedGan.Testing.Api;

/// <summary>Every public and protected type and member of an assembly, and what of it an official list lacks.</summary>
public static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Ids(IEnumerable<Type> types) => types.Where(IsVisible).SelectMany(Ids);

    public static IReadOnlyList<string> Extra(IEnumerable<Type> types, IEnumerable<string> official)
    {
        var allowed = official.ToHashSet(StringComparer.Ordinal);
        return [.. Ids(types).Where(id => !allowed.Contains(id)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Fails when a stand-in has members that the official list lacks, or so few that they cannot have been found.</summary>
    public static void AssertOfficial(IReadOnlyCollection<Type> types, string listFile, int atLeast)
    {
        string[] official = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "official", listFile));
        var extra = Extra(types, official);
        Assert.True(extra.Count == 0, "Members that the official package lacks:\n" + string.Join("\n", extra));
        int found = Ids(types).Count();
        Assert.True(found >= atLeast, $"Only {found} members of the stand-in were found; {atLeast} were expected.");
    }

    private static IEnumerable<string> Ids(Type type) => type.GetMembers(Declared).Where(IsListed).Select(DocumentationId.Of).Prepend(DocumentationId.Of(type));

    private static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static bool IsListed(MemberInfo member) => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member switch
    {
        FieldInfo field => IsOpen(field.Attributes & FieldAttributes.FieldAccessMask) && !field.IsSpecialName,
        ConstructorInfo constructor => IsOpen(constructor) && !constructor.IsStatic && !IsImplicit(constructor),
        MethodInfo method => IsOpen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsOpen),
        EventInfo @event => IsOpen(@event.AddMethod!),
        _ => false,
    };

    // The compiler's own parameterless constructor is not in the list.
    private static bool IsImplicit(ConstructorInfo constructor) => constructor.GetParameters().Length == 0;

    private static bool IsOpen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOpen(FieldAttributes access) => access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;
}
