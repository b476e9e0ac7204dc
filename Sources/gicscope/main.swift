print("gicscope")
