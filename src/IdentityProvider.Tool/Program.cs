using System.Text;
using IdentityProvider.Tool;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
return await Idp.RunAsync(args, Surroundings.OfProcess());
