"""How figures are told to people: the same words in the shell, in a notebook and by the server.

Pure text. The sidebar says the same in TypeScript: ``labextension/src/models/size.ts``.
"""
