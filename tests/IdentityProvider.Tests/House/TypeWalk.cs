using Mono.Cecil;

namespace IdentityProvider.Tests.House;

/// <summary>Every type that a type mentions: in its shape, its attributes, its signatures and its code.</summary>
internal static class TypeWalk
{
    public static IEnumerable<TypeReference> MentionedBy(TypeDefinition type) =>
        new[] { type.BaseType }
            .Concat(type.Interfaces.Select(i => i.InterfaceType))
            .Concat(type.GenericParameters.SelectMany(Constraints))
            .Concat(Attributes(type))
            .Concat(type.Fields.SelectMany(f => Attributes(f).Append(f.FieldType)))
            .Concat(type.Properties.SelectMany(p => Attributes(p).Append(p.PropertyType)))
            .Concat(type.Events.SelectMany(e => Attributes(e).Append(e.EventType)))
            .Concat(type.Methods.SelectMany(OfMethod))
            .Concat(type.NestedTypes.SelectMany(MentionedBy))
            .SelectMany(Parts);

    private static IEnumerable<TypeReference> OfMethod(MethodDefinition method)
    {
        var signature = OfReference(method).Concat(Attributes(method)).Concat(method.MethodReturnType.CustomAttributes.SelectMany(OfAttribute))
            .Concat(method.GenericParameters.SelectMany(Constraints)).Concat(method.Parameters.SelectMany(Attributes))
            .Concat(method.Overrides.SelectMany(OfReference));
        return method.HasBody ? signature.Concat(OfBody(method)) : signature;
    }

    private static IEnumerable<TypeReference> OfBody(MethodDefinition method) =>
        method.Body.Variables.Select(v => v.VariableType)
            .Concat(method.Body.ExceptionHandlers.Select(h => h.CatchType))
            .Concat(method.Body.Instructions.SelectMany(i => i.Operand switch
            {
                TypeReference type => [type],
                FieldReference field => [field.DeclaringType, field.FieldType],
                MethodReference called => OfReference(called),
                CallSite site => site.Parameters.Select(p => p.ParameterType).Append(site.ReturnType),
                _ => Enumerable.Empty<TypeReference>(),
            }));

    private static IEnumerable<TypeReference> OfReference(MethodReference method) =>
        method.Parameters.Select(p => p.ParameterType).Append(method.ReturnType).Append(method.DeclaringType)
            .Concat(method is GenericInstanceMethod generic ? generic.GenericArguments.Concat(OfReference(generic.ElementMethod)) : []);

    private static IEnumerable<TypeReference> Constraints(GenericParameter parameter) => parameter.Constraints.Select(c => c.ConstraintType);

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider owner) => owner.CustomAttributes.SelectMany(OfAttribute);

    private static IEnumerable<TypeReference> OfAttribute(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Concat(attribute.Properties.Select(p => p.Argument)).Concat(attribute.Fields.Select(f => f.Argument))
            .SelectMany(OfArgument).Append(attribute.AttributeType);

    private static IEnumerable<TypeReference> OfArgument(CustomAttributeArgument argument) => argument.Value switch
    {
        TypeReference type => [type, argument.Type],
        CustomAttributeArgument boxed => OfArgument(boxed),
        CustomAttributeArgument[] many => many.SelectMany(OfArgument),
        _ => [argument.Type],
    };

    /// <summary>List&lt;Role[]&gt; mentions List and Role.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Concat(Parts(generic.ElementType)),
        FunctionPointerType pointer => pointer.Parameters.Select(p => p.ParameterType).Append(pointer.ReturnType).SelectMany(Parts),
        IModifierType modifier => Parts(modifier.ModifierType).Concat(Parts(modifier.ElementType)),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };
}
