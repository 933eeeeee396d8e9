using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace System.Runtime.CompilerServices
{
    /// <summary>Lets the emitted assembly implement internal interfaces of the assembly it names; the runtime finds it by its name.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Orleans.Runtime
{
    /// <summary>
    /// Emits the class of references to an interface, as the official package's source generator writes it at compile time:
    /// each method packs its arguments and hands them on.
    /// </summary>
    internal static class GrainReferenceEmitter
    {
        private const BindingFlags Internal = BindingFlags.NonPublic | BindingFlags.Instance;

        private static readonly Lock Gate = new();
        private static readonly AssemblyBuilder Assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Orleans.GrainReferences"), AssemblyBuilderAccess.Run);
        private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("Orleans.GrainReferences");
        private static readonly HashSet<string> Opened = [];
        private static readonly Dictionary<Type, Func<GrainReferenceShared, GrainId, GrainReference>> Emitted = [];
        private static readonly ConstructorInfo BaseConstructor = typeof(GrainReference).GetConstructor(Internal, [typeof(GrainReferenceShared), typeof(GrainId)])!;

        public static Func<GrainReferenceShared, GrainId, GrainReference> Emit(Type interfaceType, GrainMethod[] methods)
        {
            lock (Gate)
            {
                if (!Emitted.TryGetValue(interfaceType, out Func<GrainReferenceShared, GrainId, GrainReference>? create))
                {
                    create = Constructor(EmitType(interfaceType, methods));
                    Emitted[interfaceType] = create;
                }

                return create;
            }
        }

        private static Type EmitType(Type interfaceType, GrainMethod[] methods)
        {
            foreach (Type used in methods.SelectMany(static method => method.Method.GetParameters().Select(static parameter => parameter.ParameterType).Append(method.Method.ReturnType)).Append(interfaceType))
            {
                OpenAssembliesOf(used);
            }

            TypeBuilder type = Module.DefineType($"{interfaceType.FullName}.Reference{Emitted.Count}", TypeAttributes.Class | TypeAttributes.Sealed | TypeAttributes.Public, typeof(GrainReference), [interfaceType]);
            ConstructorBuilder constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(GrainReferenceShared), typeof(GrainId)]);
            ILGenerator code = constructor.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Call, BaseConstructor);
            code.Emit(OpCodes.Ret);
            for (int index = 0; index < methods.Length; index++)
            {
                EmitMethod(type, methods[index].Method, index);
            }

            return type.CreateType();
        }

        private static void EmitMethod(TypeBuilder type, MethodInfo method, int index)
        {
            Type[] parameters = [.. method.GetParameters().Select(static parameter => parameter.ParameterType)];
            MethodBuilder builder = type.DefineMethod($"{method.DeclaringType!.FullName}.{method.Name}", MethodAttributes.Private | MethodAttributes.HideBySig | MethodAttributes.NewSlot | MethodAttributes.Virtual | MethodAttributes.Final, method.ReturnType, parameters);
            ILGenerator code = builder.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldc_I4, index);
            code.Emit(OpCodes.Ldc_I4, parameters.Length);
            code.Emit(OpCodes.Newarr, typeof(object));
            for (int argument = 0; argument < parameters.Length; argument++)
            {
                code.Emit(OpCodes.Dup);
                code.Emit(OpCodes.Ldc_I4, argument);
                code.Emit(OpCodes.Ldarg, argument + 1);
                code.Emit(OpCodes.Box, parameters[argument]);
                code.Emit(OpCodes.Stelem_Ref);
            }

            code.Emit(OpCodes.Call, Caller(method.ReturnType));
            code.Emit(OpCodes.Ret);
            type.DefineMethodOverride(builder, method);
        }

        private static MethodInfo Caller(Type returns)
        {
            if (!returns.IsGenericType)
            {
                string plain = returns == typeof(void) ? nameof(GrainReference.CallVoid) : returns == typeof(Task) ? nameof(GrainReference.CallTask) : nameof(GrainReference.CallValueTask);
                return typeof(GrainReference).GetMethod(plain, Internal)!;
            }

            string name = returns.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(GrainReference.CallTaskOf) : nameof(GrainReference.CallValueTaskOf);
            return typeof(GrainReference).GetMethod(name, Internal)!.MakeGenericMethod(returns.GetGenericArguments());
        }

        private static Func<GrainReferenceShared, GrainId, GrainReference> Constructor(Type type)
        {
            ConstructorInfo constructor = type.GetConstructor([typeof(GrainReferenceShared), typeof(GrainId)])!;
            var create = new DynamicMethod("Create", typeof(GrainReference), [typeof(GrainReferenceShared), typeof(GrainId)], typeof(GrainReferenceEmitter).Module, skipVisibility: true);
            ILGenerator code = create.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Newobj, constructor);
            code.Emit(OpCodes.Ret);
            return create.CreateDelegate<Func<GrainReferenceShared, GrainId, GrainReference>>();
        }

        private static void OpenAssembliesOf(Type type)
        {
            foreach (Type argument in type.GetGenericArguments())
            {
                OpenAssembliesOf(argument);
            }

            if (type.HasElementType)
            {
                OpenAssembliesOf(type.GetElementType()!);
            }

            string name = type.Assembly.GetName().Name!;
            if (!type.IsVisible && Opened.Add(name))
            {
                ConstructorInfo attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
                Assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [name]));
            }
        }
    }
}
