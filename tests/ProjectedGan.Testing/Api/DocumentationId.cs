using System.Reflection;

namespace ProjectedGan.Testing.Api;

/// <summary>XML documentation ids of types and members, as the C# compiler writes them.</summary>
public static class DocumentationId
{
    public static string Of(Type type) => "T:" + Definition(type);

    public static string Of(MemberInfo member) => member switch
    {
        FieldInfo field => $"F:{Definition(field.DeclaringType!)}.{field.Name}",
        EventInfo @event => $"E:{Definition(@event.DeclaringType!)}.{@event.Name}",
        PropertyInfo property => $"P:{Definition(property.DeclaringType!)}.{property.Name}{Parameters(property.GetIndexParameters())}",
        ConstructorInfo constructor => $"M:{Definition(constructor.DeclaringType!)}.{(constructor.IsStatic ? "#cctor" : "#ctor")}{Parameters(constructor.GetParameters())}",
        MethodInfo method => $"M:{Definition(method.DeclaringType!)}.{method.Name}{Arity(method)}{Parameters(method.GetParameters())}{Conversion(method)}",
        _ => throw new ArgumentException($"No documentation id is known for a {member.MemberType}.", nameof(member)),
    };

    private static string Arity(MethodInfo method) => method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";

    private static string Conversion(MethodInfo method) => method.Name is "op_Implicit" or "op_Explicit" ? "~" + Reference(method.ReturnType) : "";

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(",", parameters.Select(parameter => Reference(parameter.ParameterType)))})";

    // The type where it is declared: generic parameters as a count.
    private static string Definition(Type type)
    {
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        string start = open.DeclaringType is { } outer ? Definition(outer) + "." : string.IsNullOrEmpty(open.Namespace) ? "" : open.Namespace + ".";
        return start + open.Name;
    }

    // The type where it is used: generic arguments in braces.
    private static string Reference(Type type)
    {
        if (type.IsByRef)
        {
            return Reference(type.GetElementType()!) + "@";
        }

        if (type.IsPointer)
        {
            return Reference(type.GetElementType()!) + "*";
        }

        if (type.IsArray)
        {
            int rank = type.GetArrayRank();
            return Reference(type.GetElementType()!) + (rank == 1 ? "[]" : $"[{string.Join(",", Enumerable.Repeat("0:", rank))}]");
        }

        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        }

        return Reference(type, type.GetGenericArguments());
    }

    private static string Reference(Type type, Type[] arguments)
    {
        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string start = type.DeclaringType is { } outer ? Reference(outer, arguments[..inherited]) + "." : string.IsNullOrEmpty(type.Namespace) ? "" : type.Namespace + ".";
        string name = type.Name.Split('`')[0];
        var own = arguments[inherited..];
        return start + name + (own.Length == 0 ? "" : $"{{{string.Join(",", own.Select(Reference))}}}");
    }
}
